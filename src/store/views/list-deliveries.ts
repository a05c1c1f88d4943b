import { time, type Queryable } from './sql.ts'

/** What a Sink was told, or is to be told. */
export interface DeliveryView {
  /** The Idempotency-Key. */
  key: string
  /** namespace/name */
  sink: string
  state: string
  status: 'intended' | 'delivered' | 'failed' | 'skipped'
  tries: number
  possiblyDuplicate: boolean
  error: string | null
  /** Where a person finds the message, if there is such a place. */
  url: string | null
  createdAt: string
  finishedAt: string | null
}

/** Of an investigation, oldest first; at most 500. */
export async function listDeliveries(db: Queryable, investigation: string): Promise<DeliveryView[]> {
  const { rows } = await db.query<DeliveryView>(
    `select d.key, d.sink, d.state, d.status, d.tries, d.possibly_duplicate as "possiblyDuplicate", d.error, d.receipt ->> 'url' as url,
       ${time('d.created_at')} as "createdAt", ${time('d.finished_at')} as "finishedAt"
     from deliveries d where d.investigation_id = $1 order by d.created_at, d.key limit 500`,
    [investigation],
  )
  return rows
}
