import type { Queryable } from './types.ts'

export interface ResolvedIncident {
  id: string
  resolutions: number
  status: 'open' | 'resolved'
  /** Its newest investigation; null when it never had one. */
  investigation: string | null
}

/**
 * Incidents with a resolution that the sinks have not been told, locked. Waits for what is under way: a `resolved` must not overtake the
 * result it closes.
 */
export async function resolvedIncidents(tx: Queryable, limit: number): Promise<ResolvedIncident[]> {
  const { rows } = await tx.query(
    `select i.id, i.resolutions, i.status,
       (select v.id from investigations v where v.incident_id = i.id order by v.created_at desc, v.id desc limit 1) as investigation
     from incidents i
     where i.resolutions > i.resolution_told and i.investigate_at is null
       and not exists (select from investigations v where v.incident_id = i.id and v.phase in ('Pending', 'Running'))
       and not exists (select from deliveries d where d.incident_id = i.id and d.status = 'intended')
     order by i.id limit $1 for update of i skip locked`,
    [limit],
  )
  return rows
}

/** From here on the telling is the durable engine's work (or there is nothing to tell). */
export async function markResolutionTold(tx: Queryable, incident: string, resolutions: number): Promise<void> {
  await tx.query('update incidents set resolution_told = $2 where id = $1', [incident, resolutions])
}

/** Where an incident stands now, for messages. */
export async function incidentState(
  db: Queryable,
  incident: string,
): Promise<{ status: 'open' | 'resolved'; openedAt: Date; resolvedAt: Date | null } | null> {
  const { rows } = await db.query('select status, opened_at as "openedAt", resolved_at as "resolvedAt" from incidents where id = $1', [
    incident,
  ])
  return rows[0] ?? null
}
