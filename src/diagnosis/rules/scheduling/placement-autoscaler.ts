import { refOf, type KubeObject } from '#cluster'
import { containerField, podSpecOf } from '../../snapshot/field-path.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Make, Placement } from './placement-verdict.ts'
import { fromEvent, fromObject, type Place } from '../rule.ts'

/** What a node autoscaler says of a pod that waits: source: cluster-autoscaler's event filter, Karpenter's scheduler. */
const AT_MAXIMUM =
  /max (?:node group|cluster) (?:size|limit) reached|max limit reached|exceeds? (?:the )?limits? for (?:nodepool|provisioner)|(?:nodepool|provisioner).{0,40}limits? (?:exceeded|reached)/i
/** Its own bounds, in its arguments: `--nodes=1:10:group`, `--max-nodes-total=20`. */
const BOUND = /^--(?:nodes|max-nodes-total|cores-total|memory-total)(?:=|$)/

/** The nodes are full, and who adds nodes may add no more: then its bound is what keeps the pod. */
export function boundReached(snapshot: Snapshot, pod: KubeObject, make: Make): Placement | null {
  const event = snapshot.eventsOf(pod).find((e) => AT_MAXIMUM.test(e.message))
  if (!event) return null
  const pool = snapshot.customs.find(
    (o) => event.message.includes(`"${o.metadata.name}"`) && leavesOf(o.spec ?? {}, 'spec').some((l) => l.field.startsWith('spec.limits')),
  )
  if (pool)
    return {
      ...make(`the nodes are full, and ${pool.kind} ${pool.metadata.name} may add no more`, null, 0.86),
      cause: { object: refOf(pool), field: 'spec.limits' },
      evidence: [fromEvent(event), fromObject(pool, `spec.limits ${JSON.stringify(pool.spec.limits)}`)],
    }
  const bound = boundOf(snapshot)
  return {
    ...make('the nodes are full, and the autoscaler has as many nodes as it may have', null, bound ? 0.82 : 0.6),
    ...(bound ? { cause: bound } : {}),
    evidence: [fromEvent(event)],
  }
}

/** The argument that bounds the autoscaler, where it runs in the cluster. */
function boundOf(snapshot: Snapshot): Place | null {
  for (const workload of snapshot.workloads)
    for (const container of podSpecOf(workload)?.containers ?? [])
      for (const list of ['command', 'args'] as const) {
        const at = (container[list] ?? []).findIndex((word: unknown) => BOUND.test(String(word)))
        if (at >= 0) return { object: refOf(workload), field: containerField(workload, container.name, `${list}[${at}]`) }
      }
  return null
}
