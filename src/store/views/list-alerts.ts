import { time, type Page, type Queryable } from './sql.ts'

/** One alert from firing to resolved. */
export interface AlertView {
  id: string
  /** namespace/name of the Source. */
  source: string
  fingerprint: string
  incidentId: string | null
  filtered: boolean
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  annotations: Record<string, string>
  generatorURL: string
  /** As sent. */
  startsAt: string
  /** As sent. */
  endsAt: string | null
  firstSeenAt: string
  lastSeenAt: string
  seen: number
}

const ALERT = `e.id, e.source, e.fingerprint, e.incident_id as "incidentId", e.filtered, case when e.ends_at is null then 'firing' else 'resolved' end as status,
  e.labels, e.annotations, e.generator_url as "generatorURL", e.starts_at_text as "startsAt", e.ends_at_text as "endsAt",
  ${time('e.first_seen_at')} as "firstSeenAt", ${time('e.last_seen_at')} as "lastSeenAt", e.seen`

export async function listAlerts(
  db: Queryable,
  page: Page & { incident?: string | null; status?: AlertView['status'] | null },
): Promise<AlertView[]> {
  const { rows } = await db.query<AlertView>(
    `select ${ALERT} from episodes e
     where ($1::text is null or split_part(e.source, '/', 1) = $1) and ($2::uuid is null or e.id < $2) and ($3::uuid is null or e.incident_id = $3)
       and ($4::text is null or (e.ends_at is null) = ($4 = 'firing'))
     order by e.id desc limit $5`,
    [page.namespace ?? null, page.before ?? null, page.incident ?? null, page.status ?? null, page.limit],
  )
  return rows
}

export async function getAlert(db: Queryable, id: string): Promise<AlertView | null> {
  const { rows } = await db.query<AlertView>(`select ${ALERT} from episodes e where e.id = $1`, [id])
  return rows[0] ?? null
}
