import type { Lifecycle } from './durable-step.ts'

export interface ProcessLifecycle extends Lifecycle {
  /** From here on no step begins. */
  drain(): void
  /** Resolves when no step is in flight. */
  idle(): Promise<void>
  /** Aborts the steps in flight; they record nothing. */
  stop(): void
}

export function createLifecycle(): ProcessLifecycle {
  const stopped = new AbortController()
  let draining = false
  let inFlight = 0
  let waiting: (() => void)[] = []
  return {
    get draining() {
      return draining
    },
    stopped: stopped.signal,
    enter() {
      inFlight++
      return () => {
        if (--inFlight > 0) return
        for (const done of waiting) done()
        waiting = []
      }
    },
    drain() {
      draining = true
    },
    idle: () => (inFlight === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    stop() {
      stopped.abort(new Error('the process is stopping'))
    },
  }
}
