import { INVESTIGATION } from './rows.ts'
import type { Investigation, Queryable } from './types.ts'

export async function getInvestigation(db: Queryable, id: string): Promise<Investigation | null> {
  const { rows } = await db.query(`select ${INVESTIGATION} from investigations i where i.id = $1`, [id])
  return rows[0] ?? null
}
