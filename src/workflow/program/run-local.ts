import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogPiece } from '#cluster'
import { errorText } from '#kit/errors'
import { failed, type Outcome } from './failed-program.ts'
import { tooSlow, type Allowed, type Followed } from './follow-job.ts'

export interface LocalOptions {
  /** The absolute path of a program, and its words. */
  argv: readonly string[]
  /** Beside a PATH of the system's own folders and a HOME that is empty; nothing of the server's. */
  env: Readonly<Record<string, string>>
  timeoutMs: number
  allowed: Allowed
  /** `aside`: from its standard error. */
  onPiece(piece: LogPiece, aside: boolean): void
  mustEnd(): Outcome | null
  /** It runs; `pid` leads its process group. */
  onStarted(pid: number): void
  signal: AbortSignal
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 2_000
/** What a child of the program keeps open after it does not hold up the step for longer. */
const PIPES_MS = 1_000
const MAX_LINE = 64 * 1024

/** A program of the server's own machine, by argument vector, in an empty folder, in a process group that is killed as a whole. Throws what `signal` was aborted with. */
export async function runLocal(options: LocalOptions): Promise<Followed> {
  options.signal.throwIfAborted()
  const home = await mkdtemp(join(tmpdir(), 'inquest-run-'))
  try {
    return await started(options, home)
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

function started({ argv, env, timeoutMs, allowed, onPiece, mustEnd, onStarted, signal }: LocalOptions, home: string): Promise<Followed> {
  const [program, ...words] = argv
  const child = spawn(program!, words, {
    cwd: home,
    env: { PATH, HOME: home, TMPDIR: home, LANG: 'C.UTF-8', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (child.pid !== undefined) onStarted(child.pid)
  return new Promise((resolve, reject) => {
    let stopped: Outcome | null = null
    const stop = (why: Outcome): void => {
      if (stopped) return
      stopped = why
      void endGroup(child)
    }
    const take = (piece: LogPiece, aside: boolean): void => {
      onPiece(piece, aside)
      const why = mustEnd()
      if (why) stop(why)
    }
    const readers = [readLines(child.stdout, (piece) => take(piece, false)), readLines(child.stderr, (piece) => take(piece, true))]
    const timer = setTimeout(() => stop(tooSlow(allowed)), timeoutMs)
    const onAbort = (): void => void endGroup(child)
    signal.addEventListener('abort', onAbort, { once: true })
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    child.once('error', (error) => {
      done()
      resolve(
        failed(`the program ${program} could not be started: ${errorText(error)}`, 'Check that it is there and may be executed.', false),
      )
    })
    child.once('exit', async (code, by) => {
      done()
      await Promise.race([Promise.all(readers.map(({ ended }) => ended)), sleep(PIPES_MS)])
      child.stdout.destroy()
      child.stderr.destroy()
      kill(child.pid, 'SIGKILL')
      if (signal.aborted) return reject(signal.reason as Error)
      resolve(stopped ?? { exitCode: code ?? 128, reason: by ?? '', message: by ? `ended by ${by}` : '' })
    })
  })
}

async function endGroup(child: ChildProcess): Promise<void> {
  kill(child.pid, 'SIGTERM')
  await Promise.race([new Promise((resolve) => child.once('exit', resolve)), sleep(GRACE_MS)])
  kill(child.pid, 'SIGKILL')
}

/** A group that has just ended is no error. */
function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    return
  }
}

function readLines(stream: Readable, onPiece: (piece: LogPiece) => void): { ended: Promise<void> } {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop()!
    if (rest.length > MAX_LINE) {
      lines.push(rest)
      rest = ''
    }
    onPiece({ lines, bytes: chunk.length })
  })
  const ended = new Promise<void>((resolve) =>
    stream.once('close', () => {
      if (rest !== '') onPiece({ lines: [rest], bytes: 0 })
      resolve()
    }),
  )
  stream.on('error', () => undefined)
  return { ended }
}
