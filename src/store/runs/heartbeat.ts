import type { Queryable } from './types.ts'

/**
 * Renews the sign of life, and says whether the cluster answers; false when the row is gone: others took this process for dead and have its runs, so it must exit.
 * An update, never an upsert: a process that was stopped and continues must not come back to life.
 */
export async function heartbeat(db: Queryable, executor: string, seesCluster: boolean): Promise<boolean> {
  const { rowCount } = await db.query('update executors set heartbeat_at = now(), sees_cluster = $2 where id = $1', [executor, seesCluster])
  return rowCount === 1
}
