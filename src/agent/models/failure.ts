import { APICallError } from 'ai'
import { errorText } from '#kit/errors'
import { redact } from '#kit/redact'
import { brokeOnTheWay } from './fetch.ts'

/** Why a model did not answer, and whether asking it again may help. */
export interface Failure {
  retry: boolean
  /** The vendor's own wish, milliseconds. */
  retryAfterMs: number | null
  /** One line for people, without secrets. */
  reason: string
}

const MAX_REASON = 300

/** 408, 409, 425, 429, 5xx (529 too) and whatever broke on the way are worth another try; 400, 401, 403, 404 are not. */
export function classify(error: unknown, now: Date): Failure {
  const reason = oneLine(errorText(error))
  if (!APICallError.isInstance(error)) return { retry: brokeOnTheWay(error), retryAfterMs: null, reason }
  const status = error.statusCode
  if (status === undefined) return { retry: error.isRetryable, retryAfterMs: null, reason }
  // The answer came but could not be read: cut off in the middle, or not what the API promises.
  if (status < 400) return { retry: true, retryAfterMs: null, reason: `the answer broke off or was not readable (${reason})` }
  const retry = [408, 409, 425, 429].includes(status) || status >= 500
  return {
    // An empty account answers 429 as well, for as long as nobody pays.
    retry: retry && !/insufficient_quota|billing_hard_limit/.test(error.responseBody ?? ''),
    retryAfterMs: retryAfter(error.responseHeaders ?? {}, now),
    reason: `HTTP ${status}${reason ? ` ${reason}` : ''}`,
  }
}

/** `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date; null when there is none or it makes no sense. */
export function retryAfter(headers: Readonly<Record<string, string>>, now: Date): number | null {
  const ms = headers['retry-after-ms']
  if (ms !== undefined && /^\d+(\.\d+)?$/.test(ms)) return Math.ceil(Number(ms))
  const value = headers['retry-after']?.trim()
  if (!value) return null
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000)
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime())
}

export function oneLine(text: string): string {
  const line = redact(text.slice(0, 4 * MAX_REASON))
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON - 1)}…` : line
}
