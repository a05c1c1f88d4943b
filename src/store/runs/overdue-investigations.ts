import type { Queryable } from './types.ts'

/** Unfinished investigations whose deadline passed more than `graceMs` ago: their run did not end them, so someone else must. */
export async function overdueInvestigations(
  db: Queryable,
  graceMs: number,
  limit: number,
): Promise<{ id: string; attempt: number; started: boolean }[]> {
  const { rows } = await db.query(
    `select id, attempt, started_at is not null as started from investigations
     where phase in ('Pending', 'Running') and deadline < now() - $1 * interval '1 ms' order by id limit $2`,
    [graceMs, limit],
  )
  return rows
}
