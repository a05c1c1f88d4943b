/**
 * The three classes of failure that the house tells apart. Everything else that is thrown is a defect or an outage.
 */

/** What a person wrote is wrong. Says which field and what to do about it; never retried. */
export class InputError extends Error {
  override readonly name = 'InputError'
  /** Path of the offending field, `spec.steps[0].when`; empty when the whole input is meant. */
  readonly field: string
  /** What the person should do next, one sentence. */
  readonly remedy: string

  constructor(message: string, where: { field?: string; remedy?: string } = {}) {
    super(message)
    this.field = where.field ?? ''
    this.remedy = where.remedy ?? ''
  }
}

/** Trying again cannot help (a refused credential, a 404 from a sink): the operation ends here. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError'
}

/** Trying again may help. `retryAfterMs` is the other side's own wish, in milliseconds. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError'
  readonly retryAfterMs: number | null

  constructor(message: string, options: { retryAfterMs?: number | null; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}

/** One line for a log or a person, causes included: `connect failed: ECONNREFUSED 127.0.0.1:5432`. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.message || error.name
  if (error instanceof AggregateError && error.errors.length > 0) return `${own}: ${error.errors.map(errorText).join('; ')}`
  const cause = error.cause === undefined ? '' : errorText(error.cause)
  return cause && !own.includes(cause) ? `${own}: ${cause}` : own
}

/** An InputError as a person reads it: `field: message. remedy`. */
export function inputErrorText(error: InputError): string {
  const head = error.field ? `${error.field}: ${error.message}` : error.message
  return error.remedy ? `${head.replace(/\.$/, '')}. ${error.remedy}` : head
}
