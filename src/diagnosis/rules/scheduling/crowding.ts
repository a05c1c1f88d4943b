import { refOf, type KubeObject } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { time } from '../../snapshot/events.ts'
import { quantity } from '../../snapshot/quantity.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Make, Placement } from './placement-verdict.ts'
import { fromObject, type Place } from '../rule.ts'

/** How long before a pod found no room somebody else may have taken it: also over a long weekend. ms */
const BEFORE = 4 * 24 * 3_600_000
/** Nearer than this it is hardly chance. ms */
const LATELY = 6 * 3_600_000
/** What is new for longer than this belongs there. ms */
const NEW = 36 * 3_600_000

/** What a pod asks for of a resource. */
export const askedBy = (pod: KubeObject, resource: string): number =>
  (pod.spec?.containers ?? []).reduce((sum: number, c: any) => sum + (quantity(c.resources?.requests?.[resource]) ?? 0), 0)

/** Whether a pod was placed not long before another was made that found no room. */
export const cameBefore = (pod: KubeObject, at: number): boolean => {
  const made = time(pod.metadata.creationTimestamp)
  return made !== null && made <= at && at - made < BEFORE && !['Succeeded', 'Failed'].includes(pod.status?.phase)
}

/** Who took the room shortly before: a workload that grew, or came, and asks for more than what is missing now. */
export function crowding(
  snapshot: Snapshot,
  workload: KubeObject,
  fit: readonly KubeObject[],
  resource: string,
  make: Make,
): Placement | null {
  const waiting = snapshot.podsOf(workload).filter((p) => !p.spec?.nodeName && p.status?.phase === 'Pending')
  const since = Math.min(...waiting.map((p) => time(p.metadata.creationTimestamp) ?? Infinity))
  const missing = Math.max(0, ...waiting.map((p) => askedBy(p, resource)))
  const there = fit.reduce((sum, n) => sum + (quantity(n.status?.allocatable?.[resource]) ?? 0), 0)
  const taken = new Map<KubeObject, number>()
  for (const pod of fit.flatMap((n) => [...snapshot.podsOn(n.metadata.name)])) {
    const other = snapshot.workloadOf(pod)
    if (other === workload || other.kind === 'DaemonSet' || !cameBefore(pod, since)) continue
    taken.set(other, (taken.get(other) ?? 0) + askedBy(pod, resource))
  }
  const [most] = [...taken].filter(([other]) => grown(snapshot, other, since, resource) !== null).sort((a, b) => b[1] - a[1])
  if (!most || most[1] < missing || most[1] < there / 5) return null
  const [other, amount] = most
  const grew = grown(snapshot, other, since, resource)!
  const text = `${other.kind} ${other.metadata.namespace}/${other.metadata.name}`
  return {
    ...make(`the nodes are full of ${resource} since ${text} ${grew.says}`, null, since - grew.at < LATELY ? 0.8 : 0.7),
    cause: grew.place,
    evidence: [
      fromObject(
        other,
        `${grew.says}; its newest pods ask for ${Math.round((100 * amount) / there)}% of the ${resource} of the nodes that fit`,
      ),
    ],
  }
}

/** How it came to more than before; null: its pods are only new ones in the place of old. */
function grown(
  snapshot: Snapshot,
  workload: KubeObject,
  until: number,
  resource: string,
): { says: string; place: Place; at: number } | null {
  const isLate = (at: number | null): at is number => at !== null && at <= until + 60_000 && until - at < BEFORE
  const object = refOf(workload)
  const job = workload.kind === 'CronJob' ? 'spec.jobTemplate.spec.parallelism' : 'spec.parallelism'
  const field = workload.kind === 'Job' || workload.kind === 'CronJob' ? job : 'spec.replicas'
  const edit = editsOf(workload).find((e) => e.field === 'spec.replicas' && isLate(e.at))
  if (edit) return { says: 'was scaled up', place: { object, field }, at: edit.at! }
  const scaled = snapshot
    .eventsOf(workload)
    .find((e) => isLate(e.last) && Number(/ from (\d+) to \d+/.exec(e.message)?.[1] ?? NaN) < Number(/ to (\d+)/.exec(e.message)?.[1] ?? 0))
  if (scaled && /scaled up/i.test(scaled.message)) return { says: 'was scaled up', place: { object, field }, at: scaled.last! }
  const made = time(workload.metadata.creationTimestamp)
  if (isLate(made) && until - made < NEW)
    return { says: 'came', place: { object, field: workload.kind === 'Pod' ? null : field }, at: made }
  const larger = changesOf(snapshot, workload).find(
    (c) => c.field.endsWith(`resources.requests.${resource}`) && isLate(c.at) && (quantity(c.after) ?? 0) > (quantity(c.before) ?? 0),
  )
  if (larger) return { says: `asks for ${String(larger.after)} a pod`, place: { object, field: larger.field }, at: larger.at! }
  return workload.kind === 'CronJob' ? { says: 'came', place: { object, field }, at: until } : null
}
