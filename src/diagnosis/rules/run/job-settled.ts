import type { KubeObject } from '#cluster'
import { time } from '../../snapshot/events.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/** A Job that came to a good end, or whose CronJob has had a better run since. */
export function isSettled(snapshot: Snapshot, job: KubeObject): boolean {
  const succeeded = (j: KubeObject): boolean =>
    (j.status?.conditions ?? []).some((c: any) => c.type === 'Complete' && c.status === 'True') || j.status?.completionTime
  if (succeeded(job)) return true
  const top = snapshot.workloadOf(job)
  const began = time(job.metadata.creationTimestamp) ?? 0
  // Without a CronJob somebody may have started the same work once more.
  const others =
    top.kind === 'CronJob'
      ? snapshot.ownedBy(top)
      : snapshot.all('Job', job.metadata.namespace ?? null).filter((other) => other !== job && workOf(other) === workOf(job))
  return others.some((other) => other.kind === 'Job' && succeeded(other) && (time(other.metadata.creationTimestamp) ?? 0) > began)
}

/** What a Job runs, in whatever version. */
const workOf = ({ spec }: KubeObject): string =>
  jsonText((spec?.template?.spec?.containers ?? []).map((c: any) => [String(c.image).replace(/[:@][^/]*$/, ''), c.command, c.args]))
