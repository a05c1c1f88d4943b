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
  /** Of every Workflow that is not in `workflows`. */
  standard: HistoryPolicy
  workflows: readonly (HistoryPolicy & { namespace: string; workflow: string })[]
  limit: number
}

/**
 * Investigations that ended and whose time in the cluster is over, by age or by number. With an object: it has to go. Without: it was
 * never shown, and need not be (a database with a past that gets its first API server).
 */
export async function expiredObjects(
  db: Queryable,
  query: ExpiryQuery,
): Promise<{ id: string; revision: number; object: ObjectName | null }[]> {
  const { standard, workflows, limit } = query
  const { rows } = await db.query(
    `with policies as (
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
     )
     select c.id, c.revision::float8 as revision,
       case when c.uid is not null then jsonb_build_object('uid', c.uid, 'namespace', c.namespace, 'name', c.name) end as object
     from placed c left join policies p on p.namespace = c.namespace and p.workflow = c.workflow
     where c.completed_at <= now() - coalesce(p."ttlMs", $2) * interval '1 ms'
        or c.place > case when good then coalesce(p.successful, $3) else coalesce(p.failed, $4) end
     order by c.id limit $5`,
    [JSON.stringify(workflows), standard.ttlMs, standard.successful, standard.failed, limit],
  )
  return rows
}
