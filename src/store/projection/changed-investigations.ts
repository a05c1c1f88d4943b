import type { Queryable } from '../runs/types.ts'
import { SHOWN } from './shown-columns.ts'
import type { ShownInvestigation } from './types.ts'

export interface ChangedPage {
  /** Only these; null: all. */
  namespaces: readonly string[] | null
  /** Id of the last one of the page before; null: from the start. */
  after: string | null
  limit: number
}

/** Investigations that changed since the cluster was last shown them, the oldest first. */
export async function changedInvestigations(db: Queryable, page: ChangedPage): Promise<ShownInvestigation[]> {
  const { rows } = await db.query(
    `select ${SHOWN} from investigations v left join objects o on o.investigation_id = v.id
     where v.revision > v.shown and ($1::text[] is null or v.namespace = any($1)) and ($2::uuid is null or v.id > $2)
     order by v.id limit $3`,
    [page.namespaces, page.after, page.limit],
  )
  return rows
}

/** These, changed or not. */
export async function shownInvestigations(db: Queryable, ids: readonly string[]): Promise<ShownInvestigation[]> {
  const { rows } = await db.query(
    `select ${SHOWN} from investigations v left join objects o on o.investigation_id = v.id where v.id = any($1::uuid[])`,
    [ids],
  )
  return rows
}
