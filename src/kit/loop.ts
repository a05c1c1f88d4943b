import { errorText } from './errors.ts'
import type { Logger } from './log.ts'

export interface Loop {
  /** Runs the work now, or once more after the run that is under way. */
  poke(): void
  /** No further run; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/**
 * Does `work` every `ms`, one at a time; what it throws is logged and tried again next time. `work` may answer in how many milliseconds
 * there will be something to do, and is called then if that is sooner.
 */
export function everyMs(ms: number, name: string, log: Logger, work: () => Promise<number | void>): Loop {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let again = false
  let stopped = false
  let nextMs: number | void
  async function once(): Promise<void> {
    nextMs = undefined
    try {
      nextMs = await work()
    } catch (error) {
      log.warn({ loop: name, error: errorText(error) }, `${name} failed; trying again`)
    }
  }
  function done(): void {
    running = undefined
    if (stopped) return
    if (again) {
      again = false
      run()
    } else timer = setTimeout(run, Math.min(ms, nextMs ?? ms))
  }
  function run(): void {
    if (stopped) return
    if (running) {
      again = true
      return
    }
    clearTimeout(timer)
    running = once().finally(done)
  }
  timer = setTimeout(run, ms)
  return {
    poke: run,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
