import type { Pool } from 'pg'

const BATCH = 500
/** Per kind and call: the rest is left to the next call. */
const MAX_BATCHES = 200

/** What is deleted, by kind; what hangs on a row goes with it. `$1` is the age in milliseconds, `$2` how many at most. */
const DELETES = {
  // Resolved, told, and nothing of it still at work.
  incidents: `delete from incidents where id in (
    select i.id from incidents i
    where i.status = 'resolved' and i.resolved_at < now() - $1 * interval '1 ms' and i.investigate_at is null and i.resolutions <= i.resolution_told
      and not exists (select from investigations v where v.incident_id = i.id and v.completed_at is null)
      and not exists (select from deliveries d where d.incident_id = i.id and d.status = 'intended')
    limit $2 for update of i skip locked)`,
  // Those that a person asked for.
  investigations: `delete from investigations where id in (
    select v.id from investigations v
    where v.incident_id is null and v.completed_at < now() - $1 * interval '1 ms'
      and not exists (select from deliveries d where d.investigation_id = v.id and d.status = 'intended')
    limit $2 for update of v skip locked)`,
  // Filtered, or resolved before they were ever seen firing.
  alerts: `delete from episodes where id in (
    select e.id from episodes e where e.incident_id is null and e.last_seen_at < now() - $1 * interval '1 ms' limit $2 for update of e skip locked)`,
  notifications: `delete from notifications where id in (
    select n.id from notifications n where n.last_seen_at < now() - $1 * interval '1 ms' limit $2 for update of n skip locked)`,
  heartbeats: `delete from heartbeats where (source, fingerprint) in (
    select h.source, h.fingerprint from heartbeats h where h.last_seen_at < now() - $1 * interval '1 ms' limit $2 for update of h skip locked)`,
} as const

export type Deleted = Record<keyof typeof DELETES, number>

/** Deletes what is finished and older, in small transactions; answers how many rows of each kind. What is open is never deleted. */
export async function deleteOlderThan(pool: Pool, ageMs: number): Promise<Deleted> {
  const deleted: Deleted = { incidents: 0, investigations: 0, alerts: 0, notifications: 0, heartbeats: 0 }
  for (const kind of Object.keys(DELETES) as (keyof Deleted)[]) {
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const { rowCount } = await pool.query(DELETES[kind], [ageMs, BATCH])
      deleted[kind] += rowCount ?? 0
      if ((rowCount ?? 0) < BATCH) break
    }
  }
  return deleted
}
