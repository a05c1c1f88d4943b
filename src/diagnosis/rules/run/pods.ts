import type { KubeObject } from '#cluster'
import { condition, isCurrent, type ContainerView } from '../../snapshot/containers.ts'
import { time, type KubeEvent } from '../../snapshot/events.ts'
import { isSettled } from './job-settled.ts'
import { keyOf, ownerOf, type Snapshot } from '../../snapshot/snapshot.ts'

/** Containers of one name in the pods of one workload that fail in the same way. */
export interface ContainerGroup<T> {
  workload: KubeObject
  container: string
  init: boolean
  /** Sorted by pod, never empty. */
  views: ContainerView[]
  /** What was said of the first of them. */
  data: T
}

/** A Job that finished, and a pod that its Job no longer counts on, are over. */
function isOver(snapshot: Snapshot, pod: KubeObject): boolean {
  if (!isCurrent(pod)) return true
  const owner = ownerOf(pod)
  // Not its program failed: it was taken from its node.
  if (pod.status?.phase === 'Failed' && condition(pod, 'DisruptionTarget')?.status === 'True') return true
  if (pod.status?.phase === 'Failed' && owner && owner.kind !== 'Job') return true
  if (owner?.kind !== 'Job') return false
  const job = snapshot.get('Job', pod.metadata.namespace ?? null, owner.name)
  return job !== undefined && isSettled(snapshot, job)
}

/** Sorts containers into groups; `classify` says the group's key, or null for a container that is well. */
export function groupContainers<T>(
  snapshot: Snapshot,
  classify: (view: ContainerView) => { key: string; data: T } | null,
): ContainerGroup<T>[] {
  const groups = new Map<string, ContainerGroup<T>>()
  for (const view of snapshot.containers) {
    const found = classify(view)
    if (!found || isOver(snapshot, view.pod)) continue
    const workload = snapshot.workloadOf(view.pod)
    const key = `${keyOf(workload)}\0${view.name}\0${found.key}`
    const group = groups.get(key)
    if (group) group.views.push(view)
    else groups.set(key, { workload, container: view.name, init: view.init, views: [view], data: found.data })
  }
  return [...groups.values()]
}

/** The same for whole pods. */
export function groupPods<T>(
  snapshot: Snapshot,
  classify: (pod: KubeObject) => { key: string; data: T } | null,
): { workload: KubeObject; pods: KubeObject[]; data: T }[] {
  const groups = new Map<string, { workload: KubeObject; pods: KubeObject[]; data: T }>()
  for (const pod of snapshot.all('Pod')) {
    const found = isOver(snapshot, pod) ? null : classify(pod)
    if (!found) continue
    const workload = snapshot.workloadOf(pod)
    const key = `${keyOf(workload)}\0${found.key}`
    const group = groups.get(key)
    if (group) group.pods.push(pod)
    else groups.set(key, { workload, pods: [pod], data: found.data })
  }
  return [...groups.values()]
}

/** Pods of one workload that are as `is` says, also those on their way out. */
export function groupOver(snapshot: Snapshot, is: (pod: KubeObject) => boolean): { workload: KubeObject; pods: KubeObject[] }[] {
  const groups = new Map<KubeObject, KubeObject[]>()
  for (const pod of snapshot.all('Pod').filter(is)) {
    const workload = snapshot.workloadOf(pod)
    groups.set(workload, [...(groups.get(workload) ?? []), pod])
  }
  return [...groups].map(([workload, pods]) => ({ workload, pods }))
}

export const podNames = (items: readonly (KubeObject | ContainerView)[]): string[] =>
  [...new Set(items.map((x) => ('pod' in x ? x.pod.metadata.name : x.metadata.name)))].sort()

/** Events of a container's pod that speak of it, newest first; `reasons` empty means any. */
export function eventsOfContainer(snapshot: Snapshot, view: ContainerView, ...reasons: string[]): KubeEvent[] {
  return snapshot
    .eventsOf(view.pod)
    .filter((e) => (reasons.length === 0 || reasons.includes(e.reason)) && (e.container === '' || e.container === view.name))
}

/** When the first of the pods was made, ms: the latest moment at which what they never managed can have begun. */
export function oldest(views: readonly (KubeObject | ContainerView)[]): number | null {
  const times = views.map((x) => time(('pod' in x ? x.pod : x).metadata.creationTimestamp)).filter((t) => t !== null)
  return times.length === 0 ? null : Math.min(...times)
}

/** When the pods stopped being ready, or were made and never became it; the earliest, ms. */
export function unreadySince(pods: readonly KubeObject[]): number | null {
  const times = pods
    .map(
      (pod) =>
        time(pod.status?.conditions?.find((c: any) => c.type === 'Ready' && c.status !== 'True')?.lastTransitionTime) ??
        time(pod.metadata.creationTimestamp),
    )
    .filter((t) => t !== null)
  return times.length === 0 ? null : Math.min(...times)
}

/** When a container that ends, or is not ready, began to: the earliest sign of it, ms. */
export function troubleSince(snapshot: Snapshot, views: readonly ContainerView[]): number | null {
  const signs = views.flatMap((view) => [
    unreadySince([view.pod]),
    view.last?.finished ?? view.terminated?.finished ?? null,
    ...eventsOfContainer(snapshot, view, 'BackOff', 'Unhealthy', 'Killing').map((e) => e.first),
  ])
  const times = signs.filter((t) => t !== null)
  return times.length === 0 ? null : Math.min(...times)
}
