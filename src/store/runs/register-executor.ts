import type { Queryable } from './types.ts'

/** A process says that it lives. Its id is new at every start. */
export async function registerExecutor(db: Queryable, executor: { id: string; hostname: string; version: string }): Promise<void> {
  await db.query('insert into executors (id, hostname, version) values ($1, $2, $3)', [executor.id, executor.hostname, executor.version])
}
