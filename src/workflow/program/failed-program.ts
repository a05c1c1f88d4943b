import { InputError, inputErrorText, RetryableError, TerminalError } from '#kit/errors'

/** What a try of a run step came to, as it is recorded before its Job is deleted: a second run over it gives the same. */
export type Outcome = { ok: true; outputs: unknown } | { ok: false; message: string; retryable: boolean }

/** `message. remedy`, as an error of a step reads. */
export const told = (message: string, remedy: string): string => inputErrorText(new InputError(message, { remedy }))

export const failed = (message: string, remedy: string, retryable = true): Outcome => ({
  ok: false,
  message: told(message, remedy),
  retryable,
})

/** The outputs of an outcome, or its error. */
export function settle(outcome: Outcome): unknown {
  if (outcome.ok) return outcome.outputs
  throw outcome.retryable ? new RetryableError(outcome.message) : new TerminalError(outcome.message)
}
