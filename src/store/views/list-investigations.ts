import type { ObjectRef, Result } from '#kinds/result'
import { time, type Page, type Queryable } from './sql.ts'

/** An investigation in a list: of its result only the headline. */
export interface InvestigationView {
  id: string
  namespace: string
  name: string
  title: string
  workflow: string
  incidentId: string | null
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled'
  reason: string | null
  message: string | null
  attempt: number
  createdAt: string
  startedAt: string | null
  completedAt: string | null
  rootCause: string | null
  object: ObjectRef | null
  /** 0 … 1 */
  confidence: number | null
  /** US dollars. */
  costUSD: number | null
}

export interface InvestigationDetailView extends InvestigationView {
  result: Result | null
  outputs: Record<string, unknown> | null
}

const INVESTIGATION = `v.id, v.namespace, v.name, v.title, v.workflow, v.incident_id as "incidentId", v.phase, v.reason, v.message, v.attempt,
  ${time('v.created_at')} as "createdAt", ${time('v.started_at')} as "startedAt", ${time('v.completed_at')} as "completedAt",
  v.result #>> '{rootCause,summary}' as "rootCause", nullif((v.result #> '{rootCause,object}')::jsonb, 'null') as object,
  (v.result #>> '{rootCause,confidence}')::float8 as confidence, (v.result #>> '{usage,costUSD}')::float8 as "costUSD"`

export async function listInvestigations(
  db: Queryable,
  page: Page & { incident?: string | null; phase?: InvestigationView['phase'] | null },
): Promise<InvestigationView[]> {
  const { rows } = await db.query<InvestigationView>(
    `select ${INVESTIGATION} from investigations v
     where ($1::text is null or v.namespace = $1) and ($2::uuid is null or v.id < $2) and ($3::uuid is null or v.incident_id = $3)
       and ($4::text is null or v.phase = $4)
     order by v.id desc limit $5`,
    [page.namespace ?? null, page.before ?? null, page.incident ?? null, page.phase ?? null, page.limit],
  )
  return rows
}

export async function getInvestigation(db: Queryable, namespace: string, name: string): Promise<InvestigationDetailView | null> {
  const { rows } = await db.query<InvestigationDetailView>(
    `select ${INVESTIGATION}, v.result, v.outputs from investigations v where v.namespace = $1 and v.name = $2`,
    [namespace, name],
  )
  return rows[0] ?? null
}
