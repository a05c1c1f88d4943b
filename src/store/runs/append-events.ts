import { storable } from '../storable.ts'
import type { NewEvent, Owner, Queryable } from './types.ts'

/** Appends to the timeline under the owner's epoch. What is there already (a replay) stays; a stale owner adds nothing. */
export async function appendEvents(db: Queryable, owner: Owner, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await db.query(
    `with owner as (select id from investigations where id = $1 and epoch = $2 for share)
     insert into investigation_events (investigation_id, attempt, step, seq, type, data)
     select owner.id, $3, e.event ->> 'step', (e.event ->> 'seq')::integer, e.event ->> 'type', e.event -> 'data'
     from owner, jsonb_array_elements($4::jsonb) with ordinality as e (event, n)
     order by e.n
     on conflict do nothing`,
    [owner.id, owner.epoch, owner.attempt, storable(events)],
  )
}

/** The first free seq of a step: above 0 when its body has run before. */
export async function nextSeq(db: Queryable, owner: Owner, step: string, limit: number): Promise<number> {
  const { rows } = await db.query(
    `select coalesce(max(seq) + 1, 0) as next from investigation_events where investigation_id = $1 and attempt = $2 and step = $3 and seq < $4`,
    [owner.id, owner.attempt, step, limit],
  )
  return rows[0].next
}
