import type { Pool } from 'pg'
import { instant, type Alert, type IncidentGroup, type Notification } from '#alert'
import { InputError } from '#kit/errors'
import { newId } from '#kit/ids'

/** A firing that was known as ended: within this time it is the late twin of an HA pair, after it the alert fires indeed. */
const LATE_TWIN_MS = 15 * 60_000
/** How often one alert may change its state within one notification. */
export const MAX_ROUNDS = 16

/** One notification, judged: what `intake` stores. */
export interface IntakeBatch {
  /** namespace/name of the Source. */
  source: string
  /** `notificationKey`: a known one only counts. */
  key: string
  notification: Omit<Notification, 'alerts'>
  alerts: readonly JudgedAlert[]
  /** Alerts that could not be read: kept with the notification. */
  rejected: readonly RejectedAlert[]
  /** From an incident's first alert to its investigation. */
  windowMs: number
}

export interface JudgedAlert {
  alert: Alert
  /** `filtered`: kept, starts nothing; judged when an episode begins. `heartbeat`: a sign of life of the sender, no episode. */
  as: 'incident' | 'filtered' | 'heartbeat'
  group: IncidentGroup
  /** Of the incident, if this alert opens one. */
  title: string
}

export interface RejectedAlert {
  /** Its place in the sender's list, from 0. */
  index: number
  reason: string
  /** What was sent, cut. */
  excerpt: string
}

export interface Intake {
  notificationId: string
  /** This very content came before: nothing was changed. */
  known: boolean
  incidents: readonly TouchedIncident[]
  /** Alerts by what became of them: a new episode, one that was there, one that ended. */
  counts: { fresh: number; seen: number; closed: number; heartbeats: number; rejected: number }
}

export interface TouchedIncident {
  id: string
  created: boolean
  status: 'open' | 'resolved'
  /** When it is to be investigated; null: nothing to start. */
  due: Date | null
}

interface Answer {
  id: string
  known: boolean
  fresh: number
  seen: number
  closed: number
  incidents: { id: string; created: boolean; status: 'open' | 'resolved'; due: string | null }[]
}

/** Stores a notification with all that follows from it: one transaction, one round trip. The rules are in `migrations/0002-intake.sql`. */
export async function intake(pool: Pool, batch: IntakeBatch): Promise<Intake> {
  const { rows } = await pool.query<{ answer: Answer }>('select intake($1) as answer', [toJson(batch)])
  const { id, known, fresh, seen, closed, incidents } = rows[0]!.answer
  const heartbeats = batch.alerts.filter(({ as }) => as === 'heartbeat').length
  return {
    notificationId: id,
    known,
    incidents: incidents.map((incident) => ({ ...incident, due: incident.due === null ? null : new Date(incident.due) })),
    counts: { fresh, seen, closed, heartbeats, rejected: batch.rejected.length },
  }
}

function toJson(batch: IntakeBatch): string {
  const { notification } = batch
  const groups = new Map<string, { place: number; id: string; key: string; labels: object; title: string }>()
  const placeOf = ({ group, title }: JudgedAlert): number => {
    const known = groups.get(group.key)
    if (known) return known.place
    const place = groups.size + 1
    groups.set(group.key, { place, id: newId(), key: group.key, labels: group.labels, title })
    return place
  }
  const rounds = roundsOf(batch.alerts.filter(({ as }) => as !== 'heartbeat')).map((round) =>
    round.map((judged, i) => row(judged, i + 1, placeOf(judged))),
  )
  return storable({
    id: newId(),
    source: batch.source,
    key: batch.key,
    receiver: notification.receiver,
    group_key: notification.groupKey,
    group_labels: notification.groupLabels,
    alert_count: batch.alerts.length,
    truncated_alerts: notification.truncatedAlerts,
    rejected: batch.rejected,
    window_ms: batch.windowMs,
    late_ms: LATE_TWIN_MS,
    heartbeats: heartbeatsOf(batch.alerts),
    groups: [...groups.values()],
    rounds,
  })
}

/**
 * Alerts in the order in which they happened, such that no round has an alert twice. Alertmanager sends each once, so there is one round;
 * other senders may tell of an end and the next beginning at once.
 */
function roundsOf(alerts: readonly JudgedAlert[]): JudgedAlert[][] {
  const byAlert = new Map<string, Map<string, JudgedAlert>>()
  for (const judged of alerts) {
    const { fingerprint, status, startsAt, endsAt } = judged.alert
    const states = byAlert.get(fingerprint) ?? new Map<string, JudgedAlert>()
    byAlert.set(fingerprint, states.set(`${time(startsAt)} ${status} ${endsAt === null ? '' : time(endsAt)}`, judged))
  }
  const rounds: JudgedAlert[][] = []
  for (const states of byAlert.values()) {
    // "firing" sorts before "resolved": of one start, the end comes second.
    const ordered = [...states].sort(([a], [b]) => (a < b ? -1 : 1))
    ordered.slice(-MAX_ROUNDS).forEach(([, judged], i) => (rounds[i] ??= []).push(judged))
  }
  return rounds
}

function heartbeatsOf(alerts: readonly JudgedAlert[]): { fingerprint: string; labels: object }[] {
  const heartbeats = alerts.filter(({ as, alert }) => as === 'heartbeat' && alert.status === 'firing')
  return [...new Map(heartbeats.map(({ alert: { fingerprint, labels } }) => [fingerprint, { fingerprint, labels }])).values()]
}

const row = ({ alert, as }: JudgedAlert, n: number, g: number): object => ({
  n,
  g,
  id: newId(),
  fingerprint: alert.fingerprint,
  firing: alert.status === 'firing',
  filtered: as === 'filtered',
  labels: alert.labels,
  annotations: alert.annotations,
  generator_url: alert.generatorURL,
  starts_at: time(alert.startsAt),
  starts_at_text: alert.startsAt,
  ends_at: alert.endsAt === null ? null : time(alert.endsAt),
  ends_at_text: alert.endsAt,
})

function time(text: string): string {
  const at = instant(text)
  if (at === null) throw new InputError(`"${text}" is not a time`, { remedy: 'Send RFC 3339, for example 2026-01-31T12:00:00Z.' })
  return at
}

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair; senders may send both. They become U+FFFD. */
function storable(value: unknown): string {
  const text = JSON.stringify(value)
  // JSON.stringify escapes exactly those two: a look at the text spares the walk in nearly all cases.
  if (!/\\u(0000|d[89a-f])/.test(text)) return text
  const clean = (part: unknown): unknown => {
    if (typeof part === 'string') return part.toWellFormed().replaceAll('\0', '\ufffd')
    if (Array.isArray(part)) return part.map(clean)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [clean(key), clean(inner)]))
  }
  return JSON.stringify(clean(value))
}
