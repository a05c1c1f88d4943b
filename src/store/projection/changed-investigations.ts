import type { Queryable } from '../runs/types.ts'
import { SHOWN } from './shown-columns.ts'
import type { ShownInvestigation } from './types.ts'

/** Investigations that changed since the cluster was last shown them, the oldest first. `namespaces`: only these; null: all. */
export async function changedInvestigations(
  db: Queryable,
  { namespaces, limit }: { namespaces: readonly string[] | null; limit: number },
): Promise<{ id: string; revision: number }[]> {
  const { rows } = await db.query(
    `select id, revision::float8 as revision from investigations
     where revision > shown and ($1::text[] is null or namespace = any($1)) order by id limit $2`,
    [namespaces, limit],
  )
  return rows
}

/** One, changed or not; null when there is none of that id. */
export async function shownInvestigation(db: Queryable, id: string): Promise<ShownInvestigation | null> {
  const { rows } = await db.query(
    `select ${SHOWN} from investigations v left join objects o on o.investigation_id = v.id where v.id = $1`,
    [id],
  )
  return rows[0] ?? null
}
