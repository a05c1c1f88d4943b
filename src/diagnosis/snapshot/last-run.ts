import type { KubeObject } from '#cluster'
import type { Snapshot } from './snapshot.ts'

/** The pod of the newest run of a CronJob, when that ended well; its log still tells what it did. */
export function lastRun(snapshot: Snapshot, cron: KubeObject): KubeObject | undefined {
  const newest = (list: readonly KubeObject[]): KubeObject | undefined =>
    [...list].sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1))[0]
  const job = newest(snapshot.ownedBy(cron).filter((o) => o.kind === 'Job'))
  return job?.status?.succeeded ? newest(snapshot.ownedBy(job).filter((pod) => pod.status?.phase === 'Succeeded')) : undefined
}
