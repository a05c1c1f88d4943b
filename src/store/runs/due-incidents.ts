import type { Alert } from '#alert'
import type { Queryable } from './types.ts'

export interface DueIncident {
  id: string
  source: string
  title: string
  labels: Readonly<Record<string, string>>
  openedAt: Date
  /** Milliseconds since it was opened, by the database's clock. */
  ageMs: number
}

/** Incidents whose window has ended, locked for this transaction; what another process has locked is left to it. */
export async function dueIncidents(tx: Queryable, limit: number): Promise<DueIncident[]> {
  const { rows } = await tx.query(
    `select id, source, title, labels, opened_at as "openedAt", (extract(epoch from now() - opened_at) * 1000)::float8 as "ageMs"
     from incidents where investigate_at <= now() order by investigate_at limit $1 for update skip locked`,
    [limit],
  )
  return rows
}

/** In how many milliseconds the next window ends, by the database's clock; undefined when none is open. */
export async function nextDue(db: Queryable): Promise<number | undefined> {
  const { rows } = await db.query(
    `select (extract(epoch from min(investigate_at) - now()) * 1000)::float8 as ms from incidents where investigate_at > now()`,
  )
  return rows[0]?.ms === null ? undefined : Math.ceil(rows[0].ms)
}

/** The alerts of an incident, firing ones first, then the first to fire; `count` is how many there are. */
export async function incidentAlerts(tx: Queryable, incident: string, limit: number): Promise<{ alerts: Alert[]; count: number }> {
  const { rows } = await tx.query(
    `select count(*) over ()::int as total, jsonb_build_object(
       'status', case when ends_at is null then 'firing' else 'resolved' end, 'labels', labels, 'annotations', annotations,
       'startsAt', starts_at_text, 'endsAt', case when ends_at is null then null else ends_at_text end,
       'generatorURL', generator_url, 'fingerprint', fingerprint) as alert
     from episodes where incident_id = $1 and not filtered
     order by ends_at is not null, starts_at, id limit $2`,
    [incident, limit],
  )
  return { alerts: rows.map((row) => row.alert), count: rows[0]?.total ?? 0 }
}

/** The incident has its investigation: no other before `cooldownMs` have passed. 0: the next notification may start one. */
export async function markInvestigated(tx: Queryable, incident: string, cooldownMs: number): Promise<void> {
  await tx.query(`update incidents set investigate_at = null, cooldown_until = now() + $2 * interval '1 ms' where id = $1`, [
    incident,
    cooldownMs,
  ])
}

/** Look again later: what the incident needs is not there yet. */
export async function postponeIncident(tx: Queryable, incident: string, ms: number): Promise<void> {
  await tx.query(`update incidents set investigate_at = now() + $2 * interval '1 ms' where id = $1`, [incident, ms])
}
