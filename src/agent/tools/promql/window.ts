import type { Moment } from '#cluster'
import { parseDuration } from '#kit/duration'

export type Window = Moment

export interface Times {
  /** When the alert began; null: there is none. */
  alert: number | null
  now: number
}

const HOUR = 3_600_000
/** A range is looked at in about this many points. */
const MAX_POINTS = 250
const MAX_RANGE = 31 * 24 * HOUR
/** Scrapes are seldom closer than this. */
const STEPS = [15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600]

/** The window that a call asks for, or what is wrong with it. Without times: from an hour before the alert to five hours into it, at most to now. */
export function windowOf(input: { start?: string; end?: string; instant?: boolean }, times: Times): Window | { fault: string } {
  const read = (name: string, text: string | undefined, otherwise: number): number | string =>
    text === undefined || text === ''
      ? otherwise
      : (timeOf(text, times) ?? `${name} "${text.slice(0, 40)}" is no time; use RFC 3339 (2026-03-01T10:00:00Z), now-30m or alert-1h`)
  if (input.instant) {
    const at = read('end', input.end, times.now)
    return typeof at === 'string' ? { fault: at } : { kind: 'instant', at }
  }
  const end = read('end', input.end, times.alert === null ? times.now : Math.min(times.now, times.alert + 5 * HOUR))
  if (typeof end === 'string') return { fault: end }
  const start = read('start', input.start, times.alert === null || times.alert > end ? end - HOUR : times.alert - HOUR)
  if (typeof start === 'string') return { fault: start }
  if (start >= end) return { fault: `the range ends (${new Date(end).toISOString()}) before it begins (${new Date(start).toISOString()})` }
  if (end - start > MAX_RANGE) return { fault: 'the range is longer than 31 days; ask for less' }
  const least = (end - start) / 1_000 / (MAX_POINTS - 1)
  return { kind: 'range', start, end, step: STEPS.find((step) => step >= least) ?? Math.ceil(least) }
}

/** RFC 3339, seconds since 1970, or `now` and `alert` with an offset: `alert-30m`. */
function timeOf(text: string, times: Times): number | null {
  const relative = /^(now|alert)(?:\s*([+-])\s*([0-9a-z]+))?$/.exec(text.trim())
  if (relative) {
    const base = relative[1] === 'alert' ? times.alert : times.now
    if (base === null) return null
    try {
      return base + (relative[2] === '-' ? -1 : 1) * (relative[3] ? parseDuration(relative[3]) : 0)
    } catch {
      return null
    }
  }
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return Number(text) * 1_000
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text)) return null
  // A time without a zone is UTC, as everywhere in Prometheus.
  const ms = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) || text.length === 10 ? text : `${text.replace(' ', 'T')}Z`)
  return Number.isNaN(ms) ? null : ms
}
