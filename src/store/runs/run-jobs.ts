import { storable } from '../storable.ts'
import type { Owner, Queryable } from './types.ts'

/** One try of a run step, in one attempt of its investigation. */
export interface RunTry {
  step: string
  try: number
}

export interface RunIntent extends RunTry {
  namespace: string
  /** The ServiceAccount that creates the Job. */
  account: string
  /** Of the Job; null: a program of the server's own. */
  name: string | null
}

/** What is known of one that was intended, by this execution or by one before it. */
export interface RunState<Outcome = unknown> {
  /** false: an execution before this one has intended it already, and may have started it. */
  isNew: boolean
  /** Since it was first intended, by the database's clock. */
  ageMs: number
  /** Of the Job, once that was known to be there; of a program of the server's own the mark of its process. */
  uid: string | null
  /** What came of it; null: it has not ended. */
  outcome: Outcome | null
}

/** The intent of a run step, committed before anything is started. null: refused, another execution has the run. */
export async function intendRun(db: Queryable, owner: Owner, intent: RunIntent): Promise<RunState | null> {
  const { rows } = await db.query(
    `insert into run_jobs (investigation_id, attempt, step, try, namespace, account, name, epoch)
     select i.id, $3, $4, $5, $6, $7, $8, i.epoch from investigations i where i.id = $1 and i.epoch = $2 for share
     on conflict (investigation_id, attempt, step, try) do update set epoch = excluded.epoch
     returning (xmax = 0) as "isNew", (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as "ageMs", uid, outcome`,
    [owner.id, owner.epoch, owner.attempt, intent.step, intent.try, intent.namespace, intent.account, intent.name],
  )
  return rows[0] ?? null
}

/** What became known of a run, under the owner's epoch; false: refused. What is not given stays. */
export async function keepRun(db: Queryable, owner: Owner, of: RunTry, known: { uid?: string; outcome?: unknown }): Promise<boolean> {
  const { rowCount } = await db.query(
    `update run_jobs r set uid = coalesce($6, r.uid), outcome = coalesce($7::jsonb, r.outcome)
     from investigations i
     where i.id = r.investigation_id and i.id = $1 and i.epoch = $2 and r.attempt = $3 and r.step = $4 and r.try = $5`,
    [owner.id, owner.epoch, owner.attempt, of.step, of.try, known.uid ?? null, known.outcome ? storable(known.outcome) : null],
  )
  return rowCount === 1
}

/** A Job that nobody needs any more. */
export interface LeftJob extends RunTry {
  investigationId: string
  attempt: number
  namespace: string
  account: string
  name: string
}

/** The Job is gone. */
export async function markCleared(db: Queryable, job: Pick<LeftJob, 'investigationId' | 'attempt' | 'step' | 'try'>): Promise<void> {
  await db.query('update run_jobs set cleared_at = now() where investigation_id = $1 and attempt = $2 and step = $3 and try = $4', [
    job.investigationId,
    job.attempt,
    job.step,
    job.try,
  ])
}

/**
 * Jobs whose investigation ended (or began anew) while nobody was there to delete them. Each is given out again after half a minute until it is
 * marked as cleared, and for an hour: after that the cluster's own clearing (ttlSecondsAfterFinished) has come.
 */
export async function leftJobs(db: Queryable, graceMs: number, limit: number): Promise<LeftJob[]> {
  const { rows } = await db.query(
    `update run_jobs set clear_at = now() + interval '30 s' where (investigation_id, attempt, step, try) in (
       select r.investigation_id, r.attempt, r.step, r.try from run_jobs r join investigations i on i.id = r.investigation_id
       where r.cleared_at is null and r.name is not null and r.clear_at <= now()
         and (i.completed_at < now() - $1 * interval '1 ms' or r.attempt < i.attempt)
         and (i.completed_at is null or i.completed_at > now() - interval '1 h')
       limit $2 for update of r skip locked)
     returning investigation_id as "investigationId", attempt, step, try, namespace, account, name`,
    [graceMs, limit],
  )
  return rows
}
