import { errorText, InputError, inputErrorText, RetryableError, TerminalError } from '#kit/errors'
import { redact } from '#kit/redact'

/** Why a step failed, as it is recorded: JSON, since an error class does not survive a restart. */
export interface Failure {
  /** `deadline`: the investigation's time is up; `takeovers`: it was taken over too often; neither runs the step at all. */
  kind: 'input' | 'terminal' | 'timeout' | 'error' | 'deadline' | 'takeovers'
  /** One line for people, without secrets, at most 2,000 characters. */
  message: string
  retryable: boolean
  /** The other side's own wish, milliseconds. */
  retryAfterMs: number | null
}

/** A step that failed for good. The only error of a step that the flow may catch: every other one (a lost run, a cancelled one) must pass. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly step: string
  readonly failure: Failure

  constructor(step: string, failure: Failure) {
    super(failure.message)
    this.step = step
    this.failure = failure
  }
}

/** A fence refused this execution: another one has the run. It ends without a trace; nothing may catch this and go on. */
export class LostRun extends Error {
  override readonly name = 'LostRun'
}

const MAX_MESSAGE = 2_000

export const failure = (
  kind: Failure['kind'],
  message: string,
  options: { retryable?: boolean; retryAfterMs?: number | null } = {},
): Failure => {
  const text = redact(message)
  return {
    kind,
    message: text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE - 1)}…` : text,
    retryable: options.retryable ?? false,
    retryAfterMs: options.retryAfterMs ?? null,
  }
}

/** What a step threw. Only input errors and terminal ones are final: an unknown error is worth another try. */
export function failureOf(error: unknown): Failure {
  if (error instanceof InputError) return failure('input', inputErrorText(error))
  if (error instanceof TerminalError) return failure('terminal', errorText(error))
  if (error instanceof RetryableError) return failure('error', errorText(error), { retryable: true, retryAfterMs: error.retryAfterMs })
  return failure('error', errorText(error), { retryable: true })
}
