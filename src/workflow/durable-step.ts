import { formatDuration } from '#kit/duration'
import type { Step } from '#kit/step'
import type { Execution } from './durable.ts'
import { failure, failureOf, LostRun, StepFailed, type Failure } from './failure.ts'

/** The largest record of a step, in characters of JSON. 10 MB took 2.6 s and 565 MB. */
const MAX_OUTPUT = 256 * 1024
/** However long a target asks to be left alone. */
const MAX_WAIT_MS = 60_000

/** What decides, just before a body would run, whether it still may. Asked inside the record, so that a replay decides alike. */
export interface Gate {
  /** Why no further step may run; null when it may. */
  refusal(): Failure | null
  /** Milliseconds until the investigation's deadline. */
  remainingMs(): number
}

/** The process as its steps see it: whether it is on its way out, and how many steps are in flight. */
export interface Lifecycle {
  /** Starts no further step. */
  readonly draining: boolean
  /** Aborts when the process waits no longer for the steps in flight. */
  readonly stopped: AbortSignal
  /** Counts a step in flight; call what it returns when the step is recorded. */
  enter(): () => void
}

type Outcome<T> = { ok: true; output: T } | { ok: false; failure: Failure }

/** Someone else continues the run: this execution must neither go on nor fail. */
const abandoned = <T>(): Promise<T> => new Promise<never>(() => {})

/**
 * The durable form of kit/step. Each try is a record of its own (`name`, `name#2`, …) with a durable wait before it, so that a restart in
 * the middle of a back-off goes on from there. A failure is recorded as a value and thrown as StepFailed.
 */
export function durableStep(execution: Execution, gate: Gate, life: Lifecycle): Step {
  return async <T>(
    name: string,
    run: (signal: AbortSignal, tryNumber?: number) => Promise<T>,
    options: Parameters<Step>[2] = {},
  ): Promise<T> => {
    const { retry, timeoutMs } = options
    for (let attempt = 1; ; attempt++) {
      if (life.draining) return abandoned()
      const leave = life.enter()
      let outcome: Outcome<T>
      try {
        outcome = await execution.record(attempt === 1 ? name : `${name}#${attempt}`, (cancelled) =>
          tryOnce((signal) => run(signal, attempt), { gate, life, cancelled, timeoutMs }),
        )
      } finally {
        leave()
      }
      if (outcome.ok) return outcome.output
      if (!retry || attempt > retry.limit || !outcome.failure.retryable) throw new StepFailed(name, outcome.failure)
      const backOff = Math.min(retry.firstMs * retry.factor ** (attempt - 1), retry.maxMs)
      await execution.sleep(Math.max(backOff, Math.min(outcome.failure.retryAfterMs ?? 0, MAX_WAIT_MS)))
    }
  }
}

async function tryOnce<T>(
  run: (signal: AbortSignal) => Promise<T>,
  { gate, life, cancelled, timeoutMs = Infinity }: { gate: Gate; life: Lifecycle; cancelled: AbortSignal; timeoutMs: number | undefined },
): Promise<Outcome<T>> {
  const refusal = gate.refusal()
  if (refusal) return { ok: false, failure: refusal }
  const limit = new AbortController()
  const remainingMs = gate.remainingMs()
  const byDeadline = remainingMs < timeoutMs
  const limitMs = Math.min(timeoutMs, remainingMs)
  const timer = Number.isFinite(limitMs)
    ? setTimeout(() => limit.abort(new Error(`timed out after ${formatDuration(limitMs)}`)), limitMs)
    : undefined
  const signal = AbortSignal.any([limit.signal, cancelled, life.stopped])
  try {
    // The race: a body that does not look at its signal is left behind, and what it would still return is nobody's.
    const output = await Promise.race([run(signal), whenAborted(signal)])
    const size = JSON.stringify(output ?? null).length
    if (size > MAX_OUTPUT)
      return { ok: false, failure: failure('terminal', `the step's output is too large: ${size} characters, at most ${MAX_OUTPUT}`) }
    return { ok: true, output }
  } catch (error) {
    if (life.stopped.aborted) return abandoned()
    if (error instanceof LostRun) throw error
    if (!limit.signal.aborted) return { ok: false, failure: failureOf(error) }
    return byDeadline
      ? { ok: false, failure: failure('deadline', 'the investigation reached its deadline') }
      : { ok: false, failure: failure('timeout', `the step timed out after ${formatDuration(timeoutMs)}`, { retryable: true }) }
  } finally {
    clearTimeout(timer)
  }
}

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason as Error)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
