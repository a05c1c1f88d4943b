import type { Queryable } from './types.ts'

/** An execution of a delivery's run makes itself its owner; null when another did, or when there is nothing left to send. */
export async function claimDelivery(db: Queryable, run: { key: string; attempt: number; seenEpoch: number }): Promise<number | null> {
  const { rows } = await db.query(
    `update deliveries set epoch = epoch + 1 where key = $1 and attempt = $2 and epoch = $3 and status = 'intended' returning epoch::float8 as epoch`,
    [run.key, run.attempt, run.seenEpoch],
  )
  return rows[0]?.epoch ?? null
}

/** Counts a try before it is made; null when the epoch is another's. `tries` above 1: an earlier one may have arrived. */
export async function beginTry(db: Queryable, run: { key: string; epoch: number }): Promise<{ tries: number } | null> {
  const { rows } = await db.query(
    `update deliveries set tries = tries + 1 where key = $1 and epoch = $2 and status = 'intended' returning tries`,
    [run.key, run.epoch],
  )
  return rows[0] ?? null
}
