import type { Queryable } from '../runs/types.ts'
import type { ObjectName } from './types.ts'

/**
 * A request made by hand becomes this investigation's object: once, whoever tries. null when it did; else the investigation that has it
 * already, which is null when that one's row is gone. In a transaction before the row is made: another process waits for its end.
 */
export async function claimRequest(
  tx: Queryable,
  object: ObjectName,
  investigation: string,
): Promise<{ takenBy: { id: string; name: string } | null } | null> {
  const { rowCount } = await tx.query(
    `insert into objects (uid, namespace, name, investigation_id) values ($1, $2, $3, $4) on conflict (uid) do nothing`,
    [object.uid, object.namespace, object.name, investigation],
  )
  if (rowCount === 1) return null
  const { rows } = await tx.query(
    `select v.id, v.name from objects o join investigations v on v.id = o.investigation_id where o.uid = $1`,
    [object.uid],
  )
  return { takenBy: rows[0] ?? null }
}

/** Whether an investigation of the namespace has this name: the second object of a name needs another one for its row. */
export async function isNameTaken(tx: Queryable, namespace: string, name: string): Promise<boolean> {
  const { rowCount } = await tx.query('select from investigations where namespace = $1 and name = $2', [namespace, name])
  return rowCount !== 0
}

/** The object that was made for an investigation, or that came back for it after the one before was deleted. False: it has another, which is there. */
export async function bindObject(db: Queryable, object: ObjectName, investigation: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into objects (uid, namespace, name, investigation_id) values ($1, $2, $3, $4)
     on conflict (investigation_id) do update set uid = excluded.uid, namespace = excluded.namespace, name = excluded.name, gone_at = null
       where objects.gone_at is not null or objects.uid = excluded.uid`,
    [object.uid, object.namespace, object.name, investigation],
  )
  return rowCount === 1
}
