import type { Result } from '#kinds/result'
import { storable, storableText } from '../storable.ts'
import { DROP_UPDATES } from './drop-updates.ts'
import { LAST_SEQ, type Owner, type Queryable } from './types.ts'

export interface ForcedEnding {
  phase: 'Failed' | 'Cancelled'
  reason: string
  message: string
  /** undefined keeps what is known so far. */
  result?: Result
}

/**
 * Ends an investigation from outside of its run (cancelled, overdue, never startable) and takes the run's epoch away.
 * The new owner may still plan deliveries; null when the investigation had ended before.
 */
export async function endInvestigation(tx: Queryable, id: string, ending: ForcedEnding): Promise<Owner | null> {
  const { rows } = await tx.query(
    `with ended as (
       update investigations set epoch = epoch + 1, phase = $2, reason = $3, message = $4, completed_at = now(), result = coalesce($5::json, result)
       where id = $1 and phase in ('Pending', 'Running')
       returning id, attempt, epoch
     ), ${DROP_UPDATES}, said as (
       insert into investigation_events (investigation_id, attempt, step, seq, type, data)
       select id, attempt, '', ${LAST_SEQ}, lower($2), jsonb_build_object('reason', $3::text, 'message', $4::text) from ended
       on conflict do nothing
     )
     select id, attempt, epoch::float8 as epoch from ended`,
    [id, ending.phase, ending.reason, storableText(ending.message), ending.result === undefined ? null : storable(ending.result)],
  )
  return rows[0] ?? null
}
