import type { Phase, Queryable } from '../runs/types.ts'

/** The cluster shows this revision; `told`: the phase that a Kubernetes Event told of, null when none did. A later revision stays to be shown. */
export async function markShown(db: Queryable, shown: { id: string; revision: number; told: Phase | null }): Promise<void> {
  await db.query(
    `with told as (update objects set told = $3 where investigation_id = $1 and $3::text is not null)
     update investigations set shown = greatest(shown, $2) where id = $1`,
    [shown.id, shown.revision, shown.told],
  )
}
