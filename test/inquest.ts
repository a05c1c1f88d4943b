import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '../src/main.ts')
const WAIT_MS = 60_000

export interface Ended {
  code: number | null
  out: string
  err: string
}

/** Runs the real CLI to its end. */
export async function inquest(args: readonly string[], options: { env?: NodeJS.ProcessEnv; input?: string } = {}): Promise<Ended> {
  const child = start(args, options.env)
  const ended = collect(child)
  child.stdin!.end(options.input ?? '')
  return ended
}

export interface Served {
  webhookUrl: string
  apiUrl: string
  child: ChildProcess
  ended: Promise<Ended>
  /** What it has logged so far, a JSON object a line. */
  logs(): Record<string, unknown>[]
}

/** Starts the real `inquest serve` on free ports and waits until it serves; throws with its log when it ends instead. */
export async function serve(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Served> {
  const child = start(['serve', '--webhook-listen', '127.0.0.1:0', '--api-listen', '127.0.0.1:0', ...args], env)
  child.stdin!.end()
  const lines: string[] = []
  let rest = ''
  child.stderr!.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop()!
    lines.push(...parts)
  })
  const ended = collect(child)
  const logs = (): Record<string, unknown>[] =>
    lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>)
  const serving = until(() => logs().find((line) => line['msg'] === 'serving'), WAIT_MS, 'the server to serve')
  const line = await Promise.race([
    serving,
    ended.then(({ code, err }) => {
      throw new Error(`serve ended with ${code}\n${err}`)
    }),
  ])
  return { webhookUrl: String(line['webhooks']), apiUrl: String(line['api']), child, ended, logs }
}

/** Looks again and again until there is an answer. The limit only ends a test that has failed. */
export async function until<T>(look: () => T | Promise<T>, ms = WAIT_MS, what = 'it'): Promise<NonNullable<T>> {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  })
}

async function collect(child: ChildProcess): Promise<Ended> {
  let out = ''
  let err = ''
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}
