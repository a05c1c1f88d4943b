import type { Queryable } from './types.ts'

/** Removes the rows of processes without a sign of life within the lease; done last, when their runs have other hands. */
export async function removeDeadExecutors(db: Queryable, leaseMs: number, except: string): Promise<string[]> {
  const { rows } = await db.query(`delete from executors where heartbeat_at <= now() - $1 * interval '1 ms' and id <> $2 returning id`, [
    leaseMs,
    except,
  ])
  return rows.map((row) => row.id)
}

/** A process leaves of its own will, or, with the embedded database, a new one knows that it is alone. */
export async function removeExecutors(db: Queryable, which: { id: string } | { allBut: string }): Promise<void> {
  if ('id' in which) await db.query('delete from executors where id = $1', [which.id])
  else await db.query('delete from executors where id <> $1', [which.allBut])
}
