import { INCIDENT_LABEL } from '#alert'
import { expectSuccess } from '#kit/http'
import { objectText, type Result } from '#kinds/result'
import type { AlertmanagerApi } from './alertmanager-api.ts'
import { cleanLine, percent } from './report.ts'
import type { Delivery, Message, Receipt } from './sink-driver.ts'

const ALERT_NAME = 'InquestRootCause'
const MAX_ANNOTATION = 1_000

/**
 * An alert of our own beside the incident's: annotations that we added to theirs would be gone when Prometheus sends them again. Its labels
 * are its identity, so a repeat is the same alert. Nobody sends it again, so it says itself when it ends.
 */
export async function keepAlert(
  api: AlertmanagerApi,
  { message, previous }: Delivery,
  { now, durationMs, more }: { now: Date; durationMs: number; more: Readonly<Record<string, string>> },
): Promise<Receipt> {
  const { incident, result } = message
  const wanted = incident.status !== 'resolved' && result?.rootCause ? labelsOf(message, more) : null
  const before = previous?.data['labels']
  const began = new Date(Math.min(Date.parse(incident.startsAt) || now.getTime(), now.getTime() - 1_000)).toISOString()
  const alerts = [
    // What stood before under other labels (of an earlier investigation) is over, too.
    ...(before !== undefined && before !== JSON.stringify(wanted)
      ? [{ labels: JSON.parse(before) as object, startsAt: began, endsAt: now.toISOString() }]
      : []),
    ...(wanted ? [{ labels: wanted, startsAt: began, endsAt: new Date(now.getTime() + durationMs).toISOString(), ...about(message) }] : []),
  ]
  if (alerts.length > 0) expectSuccess(await api.call('POST', '/alerts', alerts))
  if (!wanted) return { url: null, data: {} }
  const filter = new URLSearchParams({ filter: `{${INCIDENT_LABEL}=${JSON.stringify(incident.id)}}` })
  return { url: `${api.url}/#/alerts?${filter}`, data: { labels: JSON.stringify(wanted) } }
}

/** Sorted, so that the same alert has the same text in the receipt. */
function labelsOf({ incident, alert }: Message, more: Readonly<Record<string, string>>): Record<string, string> {
  const about = incident.labels['alertname'] ?? alert?.labels['alertname'] ?? ''
  const all = { ...incident.labels, inquest_alertname: about, ...more, alertname: ALERT_NAME, [INCIDENT_LABEL]: incident.id }
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== '')
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function about(message: Message): object {
  const { link, namespace, name } = message.investigation
  const { rootCause, recommendations } = message.result as Result
  const cause = rootCause!
  const todo = recommendations[0]
  const annotations: Record<string, string> = {
    summary: cause.summary,
    root_cause: `${objectText(cause.object)}${cause.field ? ` at ${cause.field}` : ''}`,
    confidence: percent(cause.confidence),
    investigation: `${namespace}/${name}`,
    ...(todo ? { what_to_do: todo.command === null ? todo.action : `${todo.action}: ${todo.command}` } : {}),
    ...(link ? { link } : {}),
  }
  const capped = Object.fromEntries(Object.entries(annotations).map(([key, text]) => [key, cleanLine(text).slice(0, MAX_ANNOTATION)]))
  return { annotations: capped, ...(link ? { generatorURL: link } : {}) }
}
