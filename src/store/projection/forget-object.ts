import type { Queryable } from '../runs/types.ts'

/** The object was deleted: its investigation is never shown again. False when that was known. */
export async function forgetObject(db: Queryable, uid: string): Promise<boolean> {
  const { rowCount } = await db.query('update objects set gone_at = now() where uid = $1 and gone_at is null', [uid])
  return rowCount === 1
}
