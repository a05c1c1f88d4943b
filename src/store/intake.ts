import type { Pool } from 'pg'
import { instant, type Alert, type IncidentGroup, type Notification } from '#alert'
import { InputError } from '#kit/errors'
import { newId } from '#kit/ids'
import { createQueue } from './intake-queue.ts'
import { storable } from './storable.ts'

/** A firing that was known as ended: within this time it is the late twin of an HA pair, after it the alert fires indeed. */
const LATE_TWIN_MS = 15 * 60_000
/** How many states of one alert a notification can tell; of more, the newest count. */
const MAX_STATES = 16

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

/**
 * Stores a notification with all that follows from it: one transaction, one round trip. The rules are in `migrations/0002-intake.sql`.
 * Throws a RetryableError when too many are waiting, and the database's own error when it cannot work now: nothing is stored then.
 */
export function createIntake(pool: Pool): (batch: IntakeBatch) => Promise<Intake> {
  const queued = createQueue<Prepared, Intake>(async (batches) => {
    const { rows } = await pool.query<{ answer: Answer }>('select intake(value) as answer from jsonb_array_elements($1)', [
      `[${batches.map(({ json }) => json).join(',')}]`,
    ])
    return rows.map(({ answer }, i) => answered(answer, batches[i]!))
  })
  return async (batch) => queued({ ...batch, json: toJson(batch) })
}

/** A batch with its JSON: made before it queues, so that an unreadable one fails alone. */
type Prepared = IntakeBatch & { json: string }

function answered({ id, known, fresh, seen, closed, incidents }: Answer, batch: IntakeBatch): Intake {
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

/** An alert with its times as the database reads them. */
interface Timed extends JudgedAlert {
  starts: string
  ends: string | null
}

/**
 * Alerts in the order in which they happened, such that no round has an alert twice. Alertmanager sends each once, so there is one round;
 * other senders may tell of an end and the next beginning at once.
 */
function roundsOf(alerts: readonly JudgedAlert[]): Timed[][] {
  const byAlert = new Map<string, Timed[]>()
  for (const judged of alerts) {
    const { fingerprint, startsAt, endsAt } = judged.alert
    const timed = { ...judged, starts: time(startsAt), ends: endsAt === null ? null : time(endsAt) }
    const others = byAlert.get(fingerprint)
    if (others) others.push(timed)
    else byAlert.set(fingerprint, [timed])
  }
  const rounds: Timed[][] = []
  for (const states of byAlert.values()) inOrder(states).forEach((state, i) => (rounds[i] ??= []).push(state))
  return rounds
}

/** By time, the end after the beginning; each state once; of too many the newest. */
function inOrder(states: readonly Timed[]): readonly Timed[] {
  if (states.length === 1) return states
  // "firing" sorts before "resolved".
  const distinct = new Map(states.map((state) => [`${state.starts} ${state.alert.status} ${state.ends ?? ''}`, state]))
  const sorted = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.slice(-MAX_STATES).map(([, state]) => state)
}

function heartbeatsOf(alerts: readonly JudgedAlert[]): { fingerprint: string; labels: object }[] {
  const heartbeats = alerts.filter(({ as, alert }) => as === 'heartbeat' && alert.status === 'firing')
  return [...new Map(heartbeats.map(({ alert: { fingerprint, labels } }) => [fingerprint, { fingerprint, labels }])).values()]
}

/** What is absent is null to the database: a third less to send and to parse. */
const row = ({ alert, as, starts, ends }: Timed, n: number, g: number): object => ({
  n,
  g,
  id: newId(),
  fingerprint: alert.fingerprint,
  firing: alert.status === 'firing',
  filtered: as === 'filtered' || undefined,
  labels: alert.labels,
  annotations: alert.annotations,
  generator_url: alert.generatorURL || undefined,
  starts_at: starts,
  starts_at_text: alert.startsAt === starts ? undefined : alert.startsAt,
  ends_at: ends ?? undefined,
  ends_at_text: alert.endsAt ?? undefined,
})

function time(text: string): string {
  const at = instant(text)
  if (at === null) throw new InputError(`"${text}" is not a time`, { remedy: 'Send RFC 3339, for example 2026-01-31T12:00:00Z.' })
  return at
}
