import type { Result } from '#kinds/result'
import { storable } from '../storable.ts'
import type { Owner, Queryable } from './types.ts'

/** What is known so far: shown while the run goes on, and what remains if it never ends by itself. */
export async function keepResult(db: Queryable, owner: Owner, result: Result): Promise<boolean> {
  const { rowCount } = await db.query(`update investigations set result = $3 where id = $1 and epoch = $2 and phase = 'Running'`, [
    owner.id,
    owner.epoch,
    storable(result),
  ])
  return rowCount === 1
}
