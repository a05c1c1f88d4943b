import type { Phase, Queryable } from './types.ts'

export interface ScheduleState {
  /** The last slot that was dealt with; of a schedule that is new: when it was first seen. */
  slot: Date
  /** What it started. */
  started: { id: string; phase: Phase; attempt: number } | null
  /** Ids of the problems that were found until then. */
  known: readonly string[]
}

/** Locks a schedule for this transaction; one that is seen for the first time has nothing to make up for. null: another process has it. */
export async function holdSchedule(tx: Queryable, source: string, now: Date): Promise<ScheduleState | null> {
  await tx.query('insert into schedules (source, slot) values ($1, $2) on conflict do nothing', [source, now])
  const { rows } = await tx.query(
    `select s.slot, s.known, i.id, i.phase, i.attempt, jsonb_path_query_array(i.result::jsonb, '$.problems[*].id') as found
     from schedules s left join investigations i on i.id = s.investigation_id where s.source = $1 for update of s skip locked`,
    [source],
  )
  const row = rows[0]
  if (!row) return null
  const isDone = row.phase === 'Succeeded'
  return {
    slot: row.slot,
    started: row.id && { id: row.id, phase: row.phase, attempt: row.attempt },
    known: isDone ? row.found : row.known,
  }
}

/** The slot is dealt with. Without an investigation the one before stays its last. */
export async function markSlot(
  tx: Queryable,
  source: string,
  { slot, investigation, known }: { slot: Date; investigation: string | null; known: readonly string[] },
): Promise<void> {
  await tx.query('update schedules set slot = $2, investigation_id = coalesce($3, investigation_id), known = $4 where source = $1', [
    source,
    slot,
    investigation,
    JSON.stringify(known),
  ])
}
