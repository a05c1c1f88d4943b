import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { formatDuration } from '#kit/duration'
import { InvestigationDetail, List, TimelineEvent } from '#server'
import { renderMarkdown, renderText } from '#sinks'
import type { ApiClient } from './api-client.ts'
import type { Io } from './io.ts'
import { colours, createProgress } from './progress.ts'
import { timelineLine } from './timeline.ts'

const DONE = new Set(['Succeeded', 'Failed', 'Cancelled'])
const POLL_MS = 250
/** A sink that does not answer is tried again for minutes: nobody watches that long. */
const MAX_LOOKS_AFTER_THE_END = 40
/** Lines into a pipe or a file are cut by nobody's screen. */
const WIDE = 240

/** The timeline after an entry; the API hands it out in pages. */
async function fetchEvents(client: ApiClient, path: string, after: number): Promise<TimelineEvent[]> {
  const events: TimelineEvent[] = []
  for (;;) {
    const { items } = await client.get(`${path}/events?after=${events.at(-1)?.id ?? after}`, List(TimelineEvent))
    if (items.length === 0) return events
    events.push(...items)
  }
}

/** One investigation: head, timeline, result, deliveries. `json` and `yaml` print the API's own shape with the timeline in it. */
export async function showInvestigation(client: ApiClient, path: string, format: string, io: Io): Promise<void> {
  const detail = await client.get(path, InvestigationDetail)
  const timeline = await fetchEvents(client, path, 0)
  if (format === 'json') return io.out(`${JSON.stringify({ ...detail, timeline }, null, 2)}\n`)
  if (format === 'yaml') return io.out(stringify({ ...detail, timeline }))
  const colour = colours(io.outIsTerminal)
  io.out(head(detail))
  for (const event of timeline) io.out(`${timelineLine(event, colour, io.outIsTerminal ? io.columns : WIDE)}\n`)
  io.out('\n')
  printEnd(detail, format, io)
}

/** Follows the timeline as it happens until the investigation has ended and its sinks were told, then prints its result. */
export async function watchInvestigation(client: ApiClient, path: string, format: string, io: Io): Promise<void> {
  const progress = createProgress(io)
  try {
    let detail = await client.get(path, InvestigationDetail)
    progress.line(`${detail.title} · ${detail.namespace}/${detail.name}`)
    let after = 0
    let looksAfterTheEnd = 0
    for (;;) {
      for (const event of await fetchEvents(client, path, after)) {
        progress.line(timelineLine(event, progress.colour, io.errIsTerminal ? io.columns : WIDE))
        after = event.id
      }
      // The phase was read before the events: what was written before the end is printed by now.
      if (
        DONE.has(detail.phase) &&
        (detail.deliveries.every(({ status }) => status !== 'intended') || ++looksAfterTheEnd > MAX_LOOKS_AFTER_THE_END)
      )
        break
      progress.status(DONE.has(detail.phase) ? 'telling the sinks' : `${detail.title}: ${detail.phase.toLowerCase()}`)
      await sleep(POLL_MS, undefined, { signal: io.signal })
      detail = await client.get(path, InvestigationDetail)
    }
    progress.done()
    if (format === 'json') return io.out(`${JSON.stringify(detail, null, 2)}\n`)
    if (format === 'yaml') return io.out(stringify(detail))
    io.out('\n')
    printEnd(detail, format, io)
  } finally {
    progress.done()
  }
}

function head(one: InvestigationDetail): string {
  const took = one.startedAt && one.completedAt ? `, took ${formatDuration(Date.parse(one.completedAt) - Date.parse(one.startedAt))}` : ''
  return `${one.namespace}/${one.name}\n${one.title}: ${one.phase}${one.reason ? ` (${one.reason})` : ''}${took}${one.attempt > 1 ? `, attempt ${one.attempt}` : ''}\n${one.message ? `${one.message}\n` : ''}\n`
}

function printEnd(detail: InvestigationDetail, format: string, io: Io): void {
  if (detail.result)
    io.out(
      format === 'markdown' ? renderMarkdown(detail.result) : renderText(detail.result, { colour: io.outIsTerminal, columns: io.columns }),
    )
  if (detail.deliveries.length > 0) io.out('\nDeliveries\n')
  for (const one of detail.deliveries) {
    const notes = [one.tries > 1 && `${one.tries} tries`, one.possiblyDuplicate && 'possibly duplicate', one.error]
      .filter(Boolean)
      .join(', ')
    io.out(`  ${one.sink}  ${one.state.split('/')[0]}  ${one.status}${notes ? `  (${notes})` : ''}\n`)
  }
  if (detail.artifacts.length > 0) io.out('\nWhole outputs (read one with --artifact NAME)\n')
  for (const one of detail.artifacts) io.out(`  ${one.name}  ${one.step}  ${Math.ceil(one.bytes / 1024)} KiB\n`)
}
