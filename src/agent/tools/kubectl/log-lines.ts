import { capLine, count } from '../cap.ts'
import type { Rendered } from './rendered.ts'

const LINE_LIMIT = 500
const ERROR =
  /\w(?:Error|Exception)\b|\b(?:error|err|errors|fatal|panic|exception|traceback|fail(?:ed|ure|ing|s)?|denied|refused|reset by peer|timed? ?out|timeout|unable|cannot|can't|could not|killed|oom|crit(?:ical)?|emerg|segfault|unauthorized|forbidden|no such|not found|invalid|unhealthy|exit(?:ed)? (?:code|status)|caused by)\b|^[EF]\d{4} /i

/**
 * A log for reading: lines that are alike but for numbers and times are shown once, where the last of them stood, with how many there were. When
 * that does not fit: the beginning, the errors, and most of the end, each gap counted.
 */
export function renderLog(text: string, limit: number): Rendered {
  const lines = text.trimEnd() === '' ? [] : text.trimEnd().split('\n')
  if (lines.length === 0) return { text: 'The log is empty.', left: false, summary: 'an empty log' }
  const groups = group(lines)
  const errors = groups.filter((g) => g.error).reduce((n, g) => n + g.count, 0)
  const summary = `${count(lines.length, 'line')}, ${count(groups.length, 'kind')}${errors > 0 ? `, ${errors} of them errors` : ''}`
  const head =
    groups.length < lines.length ? `${summary} (×N: lines alike but for numbers and times, shown where the last one stood)\n` : ''
  const shown = choose(groups, limit - head.length - 40)
  const body: string[] = []
  let gap = 0
  const closeGap = (): void => {
    if (gap > 0) body.push(`… ${count(gap, 'line')} left out …`)
    gap = 0
  }
  for (const entry of groups) {
    if (!shown.has(entry)) {
      gap += entry.count
      continue
    }
    closeGap()
    body.push(entry.text)
  }
  closeGap()
  const isWhole = groups.length === lines.length && shown.size === groups.length && lines.every((line) => line.length <= LINE_LIMIT)
  return { text: head + body.join('\n'), left: !isWhole, summary }
}

interface Group {
  text: string
  count: number
  error: boolean
}

function group(lines: readonly string[]): Group[] {
  const groups = new Map<string, { line: string; count: number; since: string }>()
  for (const line of lines) {
    const key = shapeOf(line)
    const before = groups.get(key)
    // Taken out and put in again: a Map keeps the order of insertion, so the groups end up in the order of their last lines.
    if (before) groups.delete(key)
    groups.set(key, { line, count: (before?.count ?? 0) + 1, since: before?.since ?? timeIn(line) })
  }
  return [...groups.values()].map(({ line, count, since }) => ({
    text: capLine(count > 1 ? `×${count}${since} ${line}` : line, LINE_LIMIT),
    count,
    error: ERROR.test(line.slice(0, 2000)),
  }))
}

/** ` since 10:04:12`, when the line says when it was written. */
function timeIn(line: string): string {
  const time = /\d{4}-\d\d-\d\d[T ](\d\d:\d\d:\d\d)|^[EWIFD]\d{4} (\d\d:\d\d:\d\d)/.exec(line.slice(0, 300))
  return time ? ` since ${time[1] ?? time[2]}` : ''
}

/** What stays of a line without its times, numbers, ids and addresses. */
function shapeOf(line: string): string {
  return line
    .slice(0, 400)
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '#')
    .replace(/\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b/gi, '#')
    .replace(/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/g, '#')
    .replace(/\d+(?:[.,:T/Z+_-]?\d+)*(?:ns|µs|us|ms|s|m|h|Z|[kKMG]i?B?)?\b/g, '#')
    .replace(/\d+/g, '#')
    .replace(/(?:#[\s.,:TZ+-]*)+#/g, '#')
}

/** Which groups fit: up to 40 % of the room for errors, the latest first, 15 % for the beginning, all that is left for the end. */
function choose(groups: readonly Group[], limit: number): Set<Group> {
  const cost = (g: Group): number => g.text.length + 1
  if (groups.reduce((n, g) => n + cost(g), 0) <= limit) return new Set(groups)
  const shown = new Set<Group>()
  let left = limit
  const fill = (candidates: readonly Group[], room: number, mark: number, isRun: boolean): void => {
    for (const g of candidates) {
      if (shown.has(g)) continue
      if (cost(g) + mark > room) {
        if (isRun) return
        continue
      }
      room -= cost(g) + mark
      left -= cost(g) + mark
      shown.add(g)
    }
  }
  // An error may stand alone, with the mark of a gap beside it.
  fill(
    groups.toReversed().filter((g) => g.error),
    limit * 0.4,
    30,
    false,
  )
  fill(groups, limit * 0.15, 0, true)
  fill(groups.toReversed(), left, 0, true)
  return shown
}
