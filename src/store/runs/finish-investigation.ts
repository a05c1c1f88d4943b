import type { Result } from '#kinds/result'
import { storable, storableText } from '../storable.ts'
import { DROP_UPDATES } from './drop-updates.ts'
import { LAST_SEQ, type Owner, type Queryable, type Values } from './types.ts'

export interface Ending {
  phase: 'Succeeded' | 'Failed' | 'Cancelled'
  reason: string
  message: string
  /** undefined keeps what is known so far. */
  result?: Result | null
  outputs?: Values
}

/** Ends an investigation and says so in its timeline; false when it had ended before, or the epoch is another's. */
export async function finishInvestigation(tx: Queryable, owner: Owner, ending: Ending): Promise<boolean> {
  const { rowCount } = await tx.query(
    `with ended as (
       update investigations set phase = $3, reason = $4, message = $5, completed_at = now(),
         result = case when $6::boolean then $7::json else result end, outputs = coalesce($8::json, outputs)
       where id = $1 and epoch = $2 and phase in ('Pending', 'Running')
       returning id, attempt
     ), ${DROP_UPDATES}
     insert into investigation_events (investigation_id, attempt, step, seq, type, data)
     select id, attempt, '', ${LAST_SEQ}, lower($3), jsonb_build_object('reason', $4::text, 'message', $5::text) from ended
     on conflict do nothing`,
    [
      owner.id,
      owner.epoch,
      ending.phase,
      ending.reason,
      storableText(ending.message),
      ending.result !== undefined,
      ending.result == null ? null : storable(ending.result),
      ending.outputs === undefined ? null : storable(ending.outputs),
    ],
  )
  return rowCount === 1
}
