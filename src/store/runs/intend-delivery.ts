import type { Owner, Queryable } from './types.ts'

export interface Intent {
  key: string
  /** namespace/name */
  sink: string
  state: string
}

/**
 * The intent of a message that a run sends itself, committed before it is sent. Without `for share` a stale owner's intent would still
 * commit while the take-over's update is open. null: refused, or delivered already. `tries` above 1: an earlier one may have arrived.
 */
export async function intendDelivery(db: Queryable, owner: Owner, intent: Intent): Promise<{ tries: number } | null> {
  const { rows } = await db.query(
    `insert into deliveries (key, sink, thread, incident_id, investigation_id, state, status, epoch, tries)
     select $3, $4, coalesce(i.incident_id, i.id), i.incident_id, i.id, $5, 'intended', i.epoch, 1
     from investigations i where i.id = $1 and i.epoch = $2 for share
     on conflict (key) do update set epoch = excluded.epoch, tries = deliveries.tries + 1, status = 'intended', finished_at = null
       where deliveries.status in ('intended', 'failed')
     returning tries`,
    [owner.id, owner.epoch, intent.key, intent.sink, intent.state],
  )
  return rows[0] ?? null
}

/** A message that gets a run of its own (or that is not sent, `skipped`), written down under the epoch of the investigation. */
export async function planDelivery(tx: Queryable, owner: Owner, intent: Intent, status: 'intended' | 'skipped'): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into deliveries (key, sink, thread, incident_id, investigation_id, state, status, finished_at)
     select $3, $4, coalesce(i.incident_id, i.id), i.incident_id, i.id, $5, $6, case when $6 = 'skipped' then now() end
     from investigations i where i.id = $1 and i.epoch = $2 for share
     on conflict do nothing`,
    [owner.id, owner.epoch, intent.key, intent.sink, intent.state, status],
  )
  return rowCount === 1
}
