import type { Queryable } from './types.ts'

/** A new attempt of an investigation whose run belongs to another version of the engine. null when it has ended or another restarted it. */
export async function restartInvestigation(tx: Queryable, run: { id: string; attempt: number; version: string }): Promise<number | null> {
  const { rows } = await tx.query(
    `with next as (
       update investigations set attempt = attempt + 1, epoch = epoch + 1, engine_version = $3
       where id = $1 and attempt = $2 and phase in ('Pending', 'Running')
       returning id, attempt, engine_version
     ), said as (
       insert into investigation_events (investigation_id, attempt, step, seq, type, data)
       select id, attempt, '', 0, 'restarted', jsonb_build_object('engineVersion', engine_version) from next
       on conflict do nothing
     )
     select attempt from next`,
    [run.id, run.attempt, run.version],
  )
  return rows[0]?.attempt ?? null
}

/** The same for a delivery. */
export async function restartDelivery(tx: Queryable, run: { key: string; attempt: number }): Promise<number | null> {
  const { rows } = await tx.query(
    `update deliveries set attempt = attempt + 1, epoch = epoch + 1 where key = $1 and attempt = $2 and status = 'intended' returning attempt`,
    [run.key, run.attempt],
  )
  return rows[0]?.attempt ?? null
}
