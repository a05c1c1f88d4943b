import type { Queryable } from './types.ts'

export interface Counts {
  investigations: Readonly<Record<string, number>>
  incidents: Readonly<Record<string, number>>
  deliveries: Readonly<Record<string, number>>
}

/** Rows by phase or status, for metrics. */
export async function countRows(db: Queryable): Promise<Counts> {
  const { rows } = await db.query<{ what: keyof Counts; state: string; n: number }>(
    `select 'investigations' as what, phase as state, count(*)::int as n from investigations group by phase
     union all select 'incidents', status, count(*)::int from incidents group by status
     union all select 'deliveries', status, count(*)::int from deliveries group by status`,
  )
  const counts: Record<keyof Counts, Record<string, number>> = { investigations: {}, incidents: {}, deliveries: {} }
  for (const row of rows) counts[row.what][row.state] = row.n
  return counts
}
