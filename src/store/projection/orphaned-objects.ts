import type { Queryable } from '../runs/types.ts'
import type { ObjectName } from './types.ts'

/** Objects whose investigation retention has deleted, and that are still there. Of those that are gone, too, nothing needs to be known any more. */
export async function orphanedObjects(db: Queryable, namespaces: readonly string[] | null, limit: number): Promise<ObjectName[]> {
  await db.query('delete from objects where investigation_id is null and gone_at is not null')
  const { rows } = await db.query(
    `select uid, namespace, name from objects
     where investigation_id is null and ($1::text[] is null or namespace = any($1)) order by uid limit $2`,
    [namespaces, limit],
  )
  return rows
}
