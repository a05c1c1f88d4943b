/**
 * One unit of work whose outcome is worth keeping. The durable engine passes a `Step` that records the outcome under
 * its name and returns the recorded one after a crash; the one-shot CLI passes `runStraight`.
 *
 * Names are unique within an investigation and stable between versions; outputs are JSON of at most 256 kB. `run` is told which try
 * this is, from 1 (absent: there is but one): the same one when it runs again after a crash, the next one when it is tried again after a failure.
 */
export type Step = <T>(name: string, run: (signal: AbortSignal, tryNumber?: number) => Promise<T>, options?: StepOptions) => Promise<T>

export interface StepOptions {
  /** Milliseconds after which the step's signal aborts and the step fails. */
  timeoutMs?: number
  /** How often a failed step is tried again; a TerminalError or InputError never is. */
  retry?: Retry
}

export interface Retry {
  /** Tries after the first, 0 … 10. */
  limit: number
  /** Wait before the first repeat, milliseconds; doubled by `factor` up to `maxMs`. */
  firstMs: number
  factor: number
  maxMs: number
}
