import { errorText, RetryableError } from '#kit/errors'
import type { Logger } from '#kit/log'

/**
 * The queue of a level-based reconciler: names, not events. A name is worked on by one worker at a time; named again meanwhile, it is
 * worked on once more afterwards, however often it was named. A failure comes back after a wait that doubles each time.
 */
export interface WorkQueue {
  add(key: string): void
  /** At the latest in so many milliseconds; an earlier appointment stands. */
  addAfter(key: string, ms: number): void
  /** Resolves once nothing is waiting to be worked on now; what has an appointment does not count. */
  idle(): Promise<void>
  /** Takes nothing more, and waits for what is under way: its signal aborts. */
  close(): Promise<void>
}

export interface WorkQueueOptions {
  /** Answers after how many milliseconds to look again; nothing: when something changes. A throw is logged, and tried again. */
  work(key: string, signal: AbortSignal): Promise<number | void>
  log: Logger
  /** For the log: `status`. */
  name: string
  /** Keys at the same time. Default 4. */
  concurrency?: number
  /** Milliseconds. Default 250. */
  firstRetryMs?: number
  /** Default 60,000. */
  maxRetryMs?: number
}

export function createWorkQueue({
  work,
  log,
  name,
  concurrency = 4,
  firstRetryMs = 250,
  maxRetryMs = 60_000,
}: WorkQueueOptions): WorkQueue {
  const waiting = new Set<string>()
  const active = new Map<string, Promise<void>>()
  const appointments = new Map<string, { timer: NodeJS.Timeout; at: number }>()
  const failures = new Map<string, number>()
  const stop = new AbortController()
  let idlers: (() => void)[] = []

  function add(key: string): void {
    if (stop.signal.aborted) return
    cancel(key)
    waiting.add(key)
    pump()
  }
  function addAfter(key: string, ms: number): void {
    if (stop.signal.aborted) return
    const at = performance.now() + ms
    const before = appointments.get(key)
    if (before && before.at <= at) return
    cancel(key)
    const timer = setTimeout(() => add(key), ms)
    timer.unref()
    appointments.set(key, { timer, at })
  }
  function cancel(key: string): void {
    clearTimeout(appointments.get(key)?.timer)
    appointments.delete(key)
  }
  function pump(): void {
    for (const key of waiting) {
      if (active.size >= concurrency || stop.signal.aborted) break
      if (active.has(key)) continue
      waiting.delete(key)
      active.set(key, one(key))
    }
    if (active.size > 0 || (waiting.size > 0 && !stop.signal.aborted)) return
    for (const resolve of idlers.splice(0)) resolve()
  }
  async function one(key: string): Promise<void> {
    try {
      const again = await work(key, stop.signal)
      failures.delete(key)
      if (again !== undefined && !waiting.has(key)) addAfter(key, again)
    } catch (error) {
      if (!stop.signal.aborted) retry(key, error)
    }
    // Another key first, and the listeners of sockets: many keys of pure work must not hold the process.
    await new Promise((resolve) => setImmediate(resolve))
    active.delete(key)
    pump()
  }
  function retry(key: string, error: unknown): void {
    const count = (failures.get(key) ?? 0) + 1
    failures.set(key, count)
    const wish = error instanceof RetryableError ? error.retryAfterMs : null
    const ms = wish ?? Math.min(firstRetryMs * 2 ** (count - 1), maxRetryMs) * (0.75 + Math.random() / 4)
    log.warn({ queue: name, key, failures: count, retryMs: Math.round(ms), error: errorText(error) }, 'will be tried again')
    if (!waiting.has(key)) addAfter(key, ms)
  }

  return {
    add,
    addAfter,
    idle: () => (active.size === 0 && waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
    async close() {
      stop.abort()
      for (const { timer } of appointments.values()) clearTimeout(timer)
      appointments.clear()
      waiting.clear()
      await Promise.all(active.values())
      for (const resolve of idlers.splice(0)) resolve()
    },
  }
}
