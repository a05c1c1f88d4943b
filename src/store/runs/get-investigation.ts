import { INVESTIGATION } from './rows.ts'
import type { Investigation, Phase, Queryable } from './types.ts'

export async function getInvestigation(db: Queryable, id: string): Promise<Investigation | null> {
  const { rows } = await db.query(`select ${INVESTIGATION} from investigations i where i.id = $1`, [id])
  return rows[0] ?? null
}

export async function findInvestigation(db: Queryable, namespace: string, name: string): Promise<Investigation | null> {
  const { rows } = await db.query(`select ${INVESTIGATION} from investigations i where i.namespace = $1 and i.name = $2`, [namespace, name])
  return rows[0] ?? null
}

export interface InvestigationFilter {
  namespace?: string
  phase?: Phase
  incident?: string
  /** Id of the last one of the page before: ids grow with time. */
  before?: string
  /** 1 … 500 */
  limit: number
}

/** The newest first. */
export async function listInvestigations(db: Queryable, filter: InvestigationFilter): Promise<Investigation[]> {
  const { rows } = await db.query(
    `select ${INVESTIGATION} from investigations i
     where ($1::text is null or i.namespace = $1) and ($2::text is null or i.phase = $2) and ($3::uuid is null or i.incident_id = $3)
       and ($4::uuid is null or i.id < $4)
     order by i.id desc limit $5`,
    [filter.namespace ?? null, filter.phase ?? null, filter.incident ?? null, filter.before ?? null, filter.limit],
  )
  return rows
}
