/** What Node and PostgreSQL say when the database cannot be reached now: worth waiting for, since nothing was done. */
const CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
const STATES = /^(08|57P0[1-4]|53300)/
const TEXTS = /connection terminated|timeout exceeded when trying to connect|connection timeout|server closed the connection/i

/** Whether an error means that the database is away, not that the query is wrong. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError && error.errors.some(isOutage)) return true
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string' && (CODES.has(code) || STATES.test(code))) return true
  return TEXTS.test(error.message) || isOutage(error.cause)
}
