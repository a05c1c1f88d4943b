import type { LogRule } from '../run/signatures.ts'

/** A program that is well writes of failures now and then, and of those of its start: only what goes on counts. */
export function isOver(lines: readonly string[], at: number, repeats: number, rule: LogRule): boolean {
  if (lines.slice(at + 1).some((line) => MENDED.test(line))) return true
  if (rule !== 'program-errors') return repeats < lines.length * FEW
  // Words that nobody knows count only where they are a good part of what is said, and said last.
  const said = lines.filter((line) => !CONTINUED.test(line)).length
  return repeats < Math.max(3, said * SOME) || lines.length - at > Math.max(25, lines.length / 4)
}

/** Whether the program has gone on for long, by its own clock, without saying it again. */
export function isLongAgo(times: readonly (number | null)[], same: readonly number[]): boolean {
  const [first, last] = [times[same[0]!] ?? null, times[same.at(-1)!] ?? null]
  if (first === null || last === null) return false
  const newest = times.slice(same.at(-1)).reduce<number>((most, t) => Math.max(most, t ?? 0), 0)
  return newest - last > Math.max(QUIET, (5 * (last - first)) / Math.max(1, same.length - 1))
}

/** ms */
const QUIET = 10 * 60_000
/** A line of a stack trace, or what else belongs to the line before it. */
const CONTINUED = /^\s|^(?:Caused by|Traceback|\.\.\.|at )|^\S+\.(?:rb|py|js|ts|php|go):\d+|^\S+\s*$/

/** The share of a log's lines below which a failure is one of many requests. */
const FEW = 0.04
const SOME = 0.1
const MENDED =
  /(?<!\b(?:not|never|cannot|un)[ -]?)\b(?:(?:re)?connected|(?:connection|session) established|recovered|succeeded|listening|ready to (?:accept|serve))\b/i
