import { InputError } from './errors.ts'

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Pattern of a duration in a manifest: a subset of Go's and Prometheus' forms that both read alike (`90s`, `1h30m`). */
export const DURATION_PATTERN = '^([0-9]{1,6}(ms|s|m|h|d))+$'

/** `1h30m` → milliseconds. */
export function parseDuration(text: string): number {
  if (!new RegExp(DURATION_PATTERN).test(text)) {
    throw new InputError(`"${text}" is not a duration`, { remedy: 'Write a number with a unit: 500ms, 30s, 5m, 1h30m, 7d.' })
  }
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) total += Number(amount) * UNITS[unit!]!
  return total
}

/** Milliseconds → `2m5s`, as `kubectl get` prints ages: two units at most. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))}ms`
  const seconds = Math.floor(ms / 1_000)
  const [d, h, m, s] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  const parts = [d && `${d}d`, h && `${h}h`, m && `${m}m`, s && `${s}s`].filter(Boolean)
  return parts.slice(0, 2).join('') || '0s'
}
