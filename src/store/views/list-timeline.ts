import { time, type Queryable } from './sql.ts'

/** An entry of an investigation's timeline. */
export interface TimelineView {
  /** Grows with time over all investigations: a cursor. */
  id: number
  attempt: number
  /** '' for the investigation itself. */
  step: string
  at: string
  type: string
  data: Record<string, unknown>
}

/** The timeline after a cursor (0: from its start), oldest first. Ids stay far below 2^53. */
export async function listTimeline(db: Queryable, investigation: string, after: number, limit = 500): Promise<TimelineView[]> {
  const { rows } = await db.query<TimelineView>(
    `select v.id::float8 as id, v.attempt, v.step, ${time('v.at')} as at, v.type, v.data from investigation_events v
     where v.investigation_id = $1 and v.id > $2 order by v.id limit $3`,
    [investigation, after, limit],
  )
  return rows
}
