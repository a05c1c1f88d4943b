import type { Queryable } from './types.ts'

/**
 * Takes investigations out of the hands that have them: whoever still acts under the old epoch is refused from here on.
 * `from`: the executor that lost them, for the timeline; `count`: whether it counts as a take-over (a process that left in good order does not).
 */
export async function raiseEpochs(db: Queryable, ids: readonly string[], takeover: { from: string; count: boolean }): Promise<void> {
  await db.query(
    `with taken as (
       update investigations set epoch = epoch + 1, takeovers = takeovers + $2
       where id = any($1) and phase in ('Pending', 'Running')
       returning id, attempt, epoch, takeovers
     )
     insert into investigation_events (investigation_id, attempt, step, seq, type, data)
     select id, attempt, '', epoch, case when $2 > 0 then 'taken-over' else 'handed-over' end, jsonb_build_object('from', $3::text, 'takeovers', takeovers) from taken
     on conflict do nothing`,
    [ids, takeover.count ? 1 : 0, takeover.from],
  )
}

/** The same for deliveries that are a run of their own. */
export async function raiseDeliveryEpochs(db: Queryable, keys: readonly string[]): Promise<void> {
  await db.query('update deliveries set epoch = epoch + 1 where key = any($1)', [keys])
}
