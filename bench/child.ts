import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Peak resident memory of a process in MiB, as the kernel counts it. */
export function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024
}

/** Processor time of a process so far in ms, in user and kernel: what it costs however busy the machine is. */
function processorTime(pid: number): number {
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
  const [user, system] = fields.split(' ').slice(11, 13).map(Number)
  // The kernel counts in hundredths of a second.
  return (user! + system!) * 10
}

export interface Run {
  ms: number
  /** Processor time; more than `ms` when several threads work. */
  cpuMs: number
  mib: number
  out: string
}

/** Runs the CLI as users of a checkout do, to its end; its memory and its processor time are looked at until then. */
export async function once(args: readonly string[]): Promise<Run> {
  const began = performance.now()
  const child = spawn(join(root, 'inquest'), args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let [mib, cpuMs, out] = [0, 0, '']
  child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()))
  const watch = setInterval(() => {
    try {
      const peak = peakMemory(child.pid!)
      // Between its end and its burial a process has no memory.
      if (peak > mib) mib = peak
      cpuMs = processorTime(child.pid!)
    } catch {
      // It has ended between two looks.
    }
  }, 5)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(watch)
  if (code !== 0) throw new Error(`inquest ${args.join(' ')} ended with ${code}`)
  return { ms: performance.now() - began, cpuMs, mib, out }
}
