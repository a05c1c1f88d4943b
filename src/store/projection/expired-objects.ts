import type { Queryable } from '../runs/types.ts'
import type { ObjectName } from './types.ts'

/** How long, and how many, a Workflow's finished investigations stay in the cluster. */
export interface HistoryPolicy {
  /** Milliseconds after their end. */
  ttlMs: number
  /** How many that succeeded; the newest stay. */
  successful: number
  /** How many that failed or were cancelled. */
  failed: number
}

export interface ExpiryQuery {
  /** Only in these; null: all. */
  namespaces: readonly string[] | null
  /** Of every Workflow that is not in `workflows`. */
  standard: HistoryPolicy
  workflows: readonly (HistoryPolicy & { namespace: string; workflow: string })[]
}

/**
 * Investigations that ended and whose time in the cluster is over, by age or by number. The number counts those that have an object and
 * those that wait for one; what is gone already counts no more.
 */
const EXPIRED = `policies as (
    select * from jsonb_to_recordset($1) as p (namespace text, workflow text, "ttlMs" float8, successful integer, failed integer)
  ), candidates as (
    select v.id, v.revision, v.namespace, v.workflow, v.phase = 'Succeeded' as good, v.completed_at, o.uid, o.name
    from objects o join investigations v on v.id = o.investigation_id
    where o.gone_at is null and v.completed_at is not null
    union all
    select v.id, v.revision, v.namespace, v.workflow, v.phase = 'Succeeded', v.completed_at, null, null
    from investigations v
    where v.revision > v.shown and v.completed_at is not null and not exists (select from objects o where o.investigation_id = v.id)
  ), placed as (
    select c.*, row_number() over (partition by namespace, workflow, good order by completed_at desc, id desc) as place from candidates c
  ), expired as (
    select c.* from placed c left join policies p on p.namespace = c.namespace and p.workflow = c.workflow
    where ($5::text[] is null or c.namespace = any($5)) and (c.completed_at <= now() - coalesce(p."ttlMs", $2) * interval '1 ms'
      or c.place > case when good then coalesce(p.successful, $3) else coalesce(p.failed, $4) end)
  )`

const parameters = ({ namespaces, standard, workflows }: ExpiryQuery): unknown[] => [
  JSON.stringify(workflows),
  standard.ttlMs,
  standard.successful,
  standard.failed,
  namespaces,
]

/** Objects that have to go. */
export async function expiredObjects(db: Queryable, query: ExpiryQuery, limit: number): Promise<ObjectName[]> {
  const { rows } = await db.query(
    `with ${EXPIRED} select uid, namespace, name from expired where uid is not null order by completed_at, id limit $6`,
    [...parameters(query), limit],
  )
  return rows
}

/**
 * Those that were never shown need not be any more: a database with a past that gets its first API server would fill it with objects
 * only to delete them. Answers how many.
 */
export async function skipExpired(db: Queryable, query: ExpiryQuery): Promise<number> {
  const { rowCount } = await db.query(
    `with ${EXPIRED} update investigations v set shown = v.revision from expired e where e.id = v.id and e.uid is null`,
    parameters(query),
  )
  return rowCount ?? 0
}
