import { storable, storableText } from '../storable.ts'
import { LAST_SEQ, type Queryable, type StoredReceipt } from './types.ts'

// A delivery arrives once (LAST_SEQ) and is given up once before that, however often it is tried.
const EVENT = (seq: string): string => `insert into investigation_events (investigation_id, attempt, step, seq, type, data)
     select d.investigation_id, i.attempt, 'sink/' || d.sink || '/' || d.state, ${seq}`

/** It arrived: the receipt is kept for the thread's next message. false: another owner sends it now, and its record counts. */
export async function recordDelivered(
  db: Queryable,
  sent: { key: string; epoch: number; receipt: StoredReceipt; possiblyDuplicate: boolean },
): Promise<boolean> {
  const { rows } = await db.query(
    `with done as (
       update deliveries set status = 'delivered', receipt = $3, possibly_duplicate = $4, error = null, finished_at = now()
       where key = $1 and epoch = $2 and status = 'intended' returning *
     ), thread as (
       insert into threads (sink, thread, incident_id, investigation_id, receipt)
       select sink, thread, incident_id, case when incident_id is null then investigation_id end, receipt from done
       on conflict (sink, thread) do update set receipt = excluded.receipt, updated_at = now()
     ), said as (
       ${EVENT(`${LAST_SEQ}`)}, 'delivered', jsonb_build_object('sink', d.sink, 'tries', d.tries, 'possiblyDuplicate', d.possibly_duplicate, 'url', d.receipt -> 'url')
       from done d join investigations i on i.id = d.investigation_id on conflict do nothing
     )
     select key from done`,
    [sent.key, sent.epoch, storable(sent.receipt), sent.possiblyDuplicate],
  )
  return rows.length === 1
}

/** A try failed; `final` ends the delivery as failed. false: another owner has it. */
export async function recordFailedTry(
  db: Queryable,
  failed: { key: string; epoch: number; error: string; final: boolean },
): Promise<boolean> {
  const { rows } = await db.query(
    `with tried as (
       update deliveries set error = $3, status = case when $4 then 'failed' else status end, finished_at = case when $4 then now() end
       where key = $1 and epoch = $2 and status = 'intended' returning *
     ), said as (
       ${EVENT(`case when $4 then ${LAST_SEQ - 1} else d.tries end`)}, 'delivery-failed', jsonb_build_object('sink', d.sink, 'tries', d.tries, 'error', d.error, 'final', $4::boolean)
       from tried d join investigations i on i.id = d.investigation_id on conflict do nothing
     )
     select key from tried`,
    [failed.key, failed.epoch, storableText(failed.error), failed.final],
  )
  return rows.length === 1
}
