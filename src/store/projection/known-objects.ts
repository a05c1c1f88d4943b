import type { Queryable } from '../runs/types.ts'
import type { KnownObject } from './types.ts'

const KNOWN = `o.uid, o.namespace, o.name, o.investigation_id as "investigationId", o.gone_at is not null as gone`

/** What is known of objects with these uids, and of those under these names that are not gone. */
export async function knownObjects(
  db: Queryable,
  wanted: { uids: readonly string[]; names: readonly { namespace: string; name: string }[] },
): Promise<KnownObject[]> {
  const { rows } = await db.query(
    `select ${KNOWN} from objects o where o.uid = any($1::text[])
     union
     select ${KNOWN} from objects o
     where o.gone_at is null and (o.namespace, o.name) in (select namespace, name from unnest($2::text[], $3::text[]) as n (namespace, name))`,
    [wanted.uids, wanted.names.map(({ namespace }) => namespace), wanted.names.map(({ name }) => name)],
  )
  return rows
}

/** All that are not gone, page by page in the order of their uids: for a process that has not seen what happened so far. */
export async function presentObjects(db: Queryable, page: { after: string; limit: number }): Promise<KnownObject[]> {
  const { rows } = await db.query(`select ${KNOWN} from objects o where o.gone_at is null and o.uid > $1 order by o.uid limit $2`, [
    page.after,
    page.limit,
  ])
  return rows
}
