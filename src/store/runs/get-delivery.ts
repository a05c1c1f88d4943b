import { DELIVERY } from './rows.ts'
import type { Queryable, StoredDelivery, StoredReceipt } from './types.ts'

export async function getDelivery(db: Queryable, key: string): Promise<StoredDelivery | null> {
  const { rows } = await db.query(`select ${DELIVERY} from deliveries d where d.key = $1`, [key])
  return rows[0] ?? null
}

/** The deliveries of an investigation, oldest first. */
export async function listDeliveries(db: Queryable, investigation: string): Promise<StoredDelivery[]> {
  const { rows } = await db.query(
    `select ${DELIVERY} from deliveries d where d.investigation_id = $1 order by d.created_at, d.key limit 500`,
    [investigation],
  )
  return rows
}

/** What the target answered to the last message of a thread. */
export async function threadReceipt(db: Queryable, sink: string, thread: string): Promise<StoredReceipt | null> {
  const { rows } = await db.query('select receipt from threads where sink = $1 and thread = $2', [sink, thread])
  return rows[0]?.receipt ?? null
}

/** Which Sinks have been told of an incident. */
export async function threadSinks(db: Queryable, thread: string): Promise<string[]> {
  const { rows } = await db.query('select sink from threads where thread = $1 order by sink', [thread])
  return rows.map((row) => row.sink)
}
