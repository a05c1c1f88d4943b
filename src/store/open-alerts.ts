import type { Pool } from 'pg'

/** An episode that has not ended, as its Source told of it. */
export interface OpenAlert {
  fingerprint: string
  labels: Record<string, string>
  startsAt: string
}

/** More than a Source can have; a fault must not fill the memory. */
const MAX_OPEN = 50_000

/** All open episodes of a Source (namespace/name). */
export async function openAlerts(pool: Pool, source: string): Promise<OpenAlert[]> {
  const { rows } = await pool.query<OpenAlert>(
    `select fingerprint, labels, starts_at_text as "startsAt" from episodes where source = $1 and ends_at is null order by id limit $2`,
    [source, MAX_OPEN],
  )
  return rows
}
