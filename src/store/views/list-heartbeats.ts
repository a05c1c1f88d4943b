import { time, type Queryable } from './sql.ts'

/** The last sign of life of a sender (Watchdog). */
export interface HeartbeatView {
  /** namespace/name of the Source. */
  source: string
  fingerprint: string
  labels: Record<string, string>
  lastSeenAt: string
}

/** The longest silent first; at most 500. */
export async function listHeartbeats(db: Queryable): Promise<HeartbeatView[]> {
  const { rows } = await db.query<HeartbeatView>(
    `select h.source, h.fingerprint, h.labels, ${time('h.last_seen_at')} as "lastSeenAt" from heartbeats h order by h.last_seen_at limit 500`,
  )
  return rows
}
