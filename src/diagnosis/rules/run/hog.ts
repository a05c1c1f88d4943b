import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { quantity } from '../../snapshot/quantity.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/** What the kubelet says of the container that it evicts a pod for (eviction/helpers.go). */
export interface Greed {
  resource: string
  container: string
  used: string
  requested: string
}

export function greedOf(message: string): Greed | null {
  const low = /low on resource: ([\w-]+)/.exec(message)?.[1]
  const own = /[Cc]ontainer (\S+) was using ([\w.]+), request is ([\w.]+)/.exec(message)
  return low && own ? { resource: low, container: own[1]!, used: own[2]!, requested: own[3]! } : null
}

/** A quarter of a node, and three times what was asked for: then it is the pod that is to blame, not the node. */
const SHARE = 0.25
const TIMES = 3

export function isHog(snapshot: Snapshot, pod: KubeObject): boolean {
  const greed = greedOf(String(pod.status?.message ?? ''))
  const node = snapshot.get('Node', null, pod.spec?.nodeName ?? '')
  const there = quantity(node?.status?.allocatable?.[greed?.resource ?? ''] ?? '')
  const [used, asked] = [quantity(greed?.used ?? ''), quantity(greed?.requested ?? '0')]
  return there !== null && used !== null && used >= there * SHARE && used >= (asked ?? 0) * TIMES
}

/** Workloads whose pods were evicted from a node as its hogs, for one resource. */
export function hogsOn(snapshot: Snapshot, node: string, resource: string): ObjectRef[] {
  const pods = snapshot
    .podsOn(node)
    .filter(
      (pod) => pod.status?.reason === 'Evicted' && greedOf(String(pod.status.message ?? ''))?.resource === resource && isHog(snapshot, pod),
    )
  return [...new Set(pods.map((pod) => snapshot.workloadOf(pod)))].map(refOf)
}
