import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** A program that need not be installed: the one that the variable names, else the first of these names on `PATH`; null when there is none. */
export function programPath(variable: string, names: readonly string[]): string | null {
  const given = process.env[variable]
  if (given) {
    if (isExecutable(given)) return given
    throw new Error(`${variable} names ${given}, which is not an executable file`)
  }
  const candidates = (process.env['PATH'] ?? '').split(delimiter).flatMap((dir) => (dir ? names.map((name) => join(dir, name)) : []))
  return candidates.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export interface RunningProgram {
  url: string
  dir: string
  stop(): Promise<void>
}

/** Starts an HTTP server of somebody else's in a folder of its own, and waits until `/-/ready` answers. */
export async function runProgram(
  path: string,
  prepare: (dir: string, address: string) => Promise<readonly string[]>,
): Promise<RunningProgram> {
  const dir = await mkdtemp(join(tmpdir(), 'inquest-program-'))
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(path, await prepare(dir, address))
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  child.stdout.on('data', (chunk) => (said += chunk))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = `http://${address}`
  const ready = (): Promise<boolean> =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  for (let left = 600; !(await ready()); left--) {
    if (child.exitCode !== null || left === 0) throw new Error(`${path} did not start: ${said.slice(-2_000)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    url,
    dir,
    async stop() {
      child.kill('SIGKILL')
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** One that nobody has now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
