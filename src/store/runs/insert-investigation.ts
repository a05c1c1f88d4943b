import { storable, storableText } from '../storable.ts'
import type { Queryable, RunInput } from './types.ts'

export interface NewInvestigation {
  id: string
  incidentId: string | null
  namespace: string
  name: string
  title: string
  workflow: string
  input: RunInput
  engineVersion: string
  /** Until when it must at least have started, milliseconds from now. The start sets the real deadline. */
  deadlineMs: number
}

export async function insertInvestigation(tx: Queryable, row: NewInvestigation): Promise<void> {
  await tx.query(
    `insert into investigations (id, incident_id, namespace, name, title, workflow, input, engine_version, deadline)
     values ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9 * interval '1 ms')`,
    [
      row.id,
      row.incidentId,
      row.namespace,
      row.name,
      storableText(row.title),
      row.workflow,
      storable(row.input),
      row.engineVersion,
      row.deadlineMs,
    ],
  )
}
