import type { Queryable } from './types.ts'

/** Processes that gave a sign of life within the lease, by the database's clock, and whether each could look at the cluster then. */
export async function liveExecutors(db: Queryable, leaseMs: number): Promise<{ id: string; version: string; seesCluster: boolean }[]> {
  const { rows } = await db.query(
    `select id, version, sees_cluster as "seesCluster" from executors where heartbeat_at > now() - $1 * interval '1 ms'`,
    [leaseMs],
  )
  return rows
}
