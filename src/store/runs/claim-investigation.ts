import type { Queryable } from './types.ts'

export interface Claim {
  epoch: number
  takeovers: number
  /** Milliseconds until the deadline, by the database's clock; negative when it has passed. */
  remainingMs: number
  /** Whether this is the first execution of the investigation. */
  first: boolean
}

/**
 * An execution makes itself the owner: it raises the epoch that it has seen. null when someone else raised it meanwhile, or when the
 * investigation has ended. The first start sets the deadline, so that time spent in the queue does not count.
 */
export async function claimInvestigation(
  db: Queryable,
  run: { id: string; attempt: number; seenEpoch: number; timeoutMs: number },
): Promise<Claim | null> {
  const { rows } = await db.query(
    `with before as (select started_at from investigations where id = $1)
     update investigations i set epoch = epoch + 1, phase = 'Running', started_at = coalesce(i.started_at, now()),
       deadline = case when i.started_at is null then now() + $4 * interval '1 ms' else i.deadline end
     from before
     where i.id = $1 and i.attempt = $2 and i.epoch = $3 and i.phase in ('Pending', 'Running')
     returning i.epoch::float8 as epoch, i.takeovers, (extract(epoch from i.deadline - now()) * 1000)::float8 as "remainingMs", before.started_at is null as first`,
    [run.id, run.attempt, run.seenEpoch, run.timeoutMs],
  )
  return rows[0] ?? null
}
