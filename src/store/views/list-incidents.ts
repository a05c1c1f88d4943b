import { time, type Page, type Queryable } from './sql.ts'

export interface IncidentView {
  id: string
  /** namespace/name of the Source. */
  source: string
  title: string
  /** The grouping labels and their values. */
  labels: Record<string, string>
  status: 'open' | 'resolved'
  outcome: 'ResolvedEarly' | null
  openedAt: string
  lastSeenAt: string
  resolvedAt: string | null
  /** When an investigation is to start; null: none is. */
  investigateAt: string | null
  /** No new investigation before. */
  cooldownUntil: string | null
  /** How many there are: alerts from firing to resolved, and those of them that fire now. */
  alerts: number
  firing: number
  investigations: number
}

const INCIDENT = `i.id, i.source, i.title, i.labels, i.status, i.outcome, ${time('i.opened_at')} as "openedAt", ${time('i.last_seen_at')} as "lastSeenAt",
  ${time('i.resolved_at')} as "resolvedAt", ${time('i.investigate_at')} as "investigateAt", ${time('i.cooldown_until')} as "cooldownUntil",
  (select count(*)::int from episodes e where e.incident_id = i.id) as alerts,
  (select count(*)::int from episodes e where e.incident_id = i.id and e.ends_at is null) as firing,
  (select count(*)::int from investigations v where v.incident_id = i.id) as investigations`

export async function listIncidents(db: Queryable, page: Page & { status?: 'open' | 'resolved' | null }): Promise<IncidentView[]> {
  const { rows } = await db.query<IncidentView>(
    `select ${INCIDENT} from incidents i
     where ($1::text is null or split_part(i.source, '/', 1) = $1) and ($2::uuid is null or i.id < $2) and ($3::text is null or i.status = $3)
     order by i.id desc limit $4`,
    [page.namespace ?? null, page.before ?? null, page.status ?? null, page.limit],
  )
  return rows
}

export async function getIncident(db: Queryable, id: string): Promise<IncidentView | null> {
  const { rows } = await db.query<IncidentView>(`select ${INCIDENT} from incidents i where i.id = $1`, [id])
  return rows[0] ?? null
}
