import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** One program of the control plane, its output in a file, ended by its own process id. */
export interface Component {
  name: string
  /** Throws with the tail of the log when the program is gone. */
  check(): Promise<void>
  tail(): Promise<string>
  stop(): Promise<void>
}

export function startComponent(binary: string, args: string[], dir: string): Component {
  const name = basename(binary)
  const log = join(dir, `${name}.log`)
  const fd = openSync(log, 'a')
  const child = spawn(binary, args, { cwd: dir, stdio: ['ignore', fd, fd] })
  closeSync(fd)
  let failure: Error | undefined
  child.on('error', (error) => (failure = error))
  // A crash of ours must not leave a control plane behind.
  const killOnExit = () => child.kill('SIGKILL')
  process.once('exit', killOnExit)
  child.once('close', () => process.off('exit', killOnExit))
  const tail = async () => (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-20).join('\n')
  return {
    name,
    tail,
    async check() {
      if (failure) throw new Error(`${name} could not be started`, { cause: failure })
      if (hasEnded(child)) throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}; the end of its log:\n${await tail()}`)
    },
    stop: () => stop(child),
  }
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

/** Killed, not asked: nothing of such a control plane is kept, and the API server waits long for open watches. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.kill('SIGKILL')
  await ended
}

/** Polls until `ready` says so; a component that ends meanwhile is an error at once, with its log. */
export async function waitUntil(what: string, component: Component, ready: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await ready().catch(() => false))) {
    await component.check()
    if (performance.now() > deadline)
      throw new Error(`${what} was not ready after ${timeoutMs / 1000} s; the end of its log:\n${await component.tail()}`)
    await sleep(50)
  }
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address()
      await new Promise((resolve) => server.close(resolve))
      return typeof address === 'object' && address ? address.port : 0
    }),
  )
}
