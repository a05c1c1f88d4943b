import type { Queryable, StoredEvent } from './types.ts'

/** The timeline of an investigation after a cursor (0: from the start), oldest first. */
export async function listEvents(db: Queryable, investigation: string, after: number, limit: number): Promise<StoredEvent[]> {
  const { rows } = await db.query(
    `select id::float8 as id, investigation_id as "investigationId", attempt, step, seq, at, type, data from investigation_events
     where investigation_id = $1 and id > $2 order by id limit $3`,
    [investigation, after, limit],
  )
  return rows
}
