import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { isReady } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { containerField, entry, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { greedOf, isHog } from './hog.ts'
import { podNames } from './pods.ts'
import { advise } from '../recommend.ts'
import { fromObject, podsText, type Rule, type Seen } from '../rule.ts'

/** So long after the last one evictions may go on. ms */
const QUIET = 900_000

export const evicted: Rule = {
  id: 'evicted',
  title: 'Pods are evicted from their node',
  means: 'The kubelet ended the pod: the node ran short of a resource, or the pod used more local storage than it may.',
  looksAt: 'Failed pods with reason Evicted, as long as their workload lacks pods or evictions go on.',
  mend: 'Give the workload requests that tell its real use, raise its storage limit, or relieve the node.',
  look: (snapshot) => {
    const groups = new Map<string, KubeObject[]>()
    for (const pod of snapshot.all('Pod')) {
      if (pod.status?.phase !== 'Failed' || pod.status?.reason !== 'Evicted') continue
      const key = `${keyOf(snapshot.workloadOf(pod))}\0${resourceOf(String(pod.status.message ?? ''))}`
      groups.set(key, [...(groups.get(key) ?? []), pod])
    }
    return [...groups.values()].map((pods) => seen(snapshot, pods)).filter((s) => s !== null)
  },
}

const resourceOf = (message: string): string =>
  /low on resource: ([\w-]+)/.exec(message)?.[1] ?? /EmptyDir volume "([^"]+)"/.exec(message)?.[1] ?? ''

const diedAt = (pod: KubeObject): number | null => {
  const ends = (pod.status?.containerStatuses ?? [])
    .map((s: any) => time(s.state?.terminated?.finishedAt))
    .filter((t: number | null) => t !== null)
  const changed = time(pod.status?.conditions?.find((c: any) => c.type === 'DisruptionTarget' || c.type === 'Ready')?.lastTransitionTime)
  return ends.length > 0 ? Math.max(...ends) : (changed ?? time(pod.status?.startTime))
}

function seen(snapshot: Snapshot, pods: KubeObject[]): Seen | null {
  const workload = snapshot.workloadOf(pods[0]!)
  const current = snapshot.podsOf(workload).filter((p) => p.status?.phase !== 'Failed')
  const wanted = workload.spec?.replicas ?? (workload.kind === 'DaemonSet' ? (workload.status?.desiredNumberScheduled ?? 0) : 1)
  const lacks = workload.kind === 'Pod' || current.filter(isReady).length < wanted
  const newest = Math.max(...pods.map((p) => diedAt(p) ?? 0))
  // Evicted pods stay as a record; a workload that is whole again, and quiet, is well.
  if (!lacks && snapshot.now - newest > QUIET) return null
  const message = String(pods[0]!.status?.message ?? '')
  const object = refOf(workload)
  const node: ObjectRef = { apiVersion: 'v1', kind: 'Node', namespace: null, name: pods[0]!.spec?.nodeName ?? '' }
  const { field, directness, says, isNode } = judge(
    workload,
    message,
    pods.some((pod) => isHog(snapshot, pod)),
  )
  return {
    on: object,
    failure: 'crash',
    severity: lacks ? 'critical' : 'warning',
    summary: `${podsText(pods.length, workload)} ${pods.length === 1 ? 'was' : 'were'} evicted: ${says}`,
    evidence: [fromObject(pods[0]!, `Evicted: ${message}`)],
    cause: { object, field },
    since: Math.min(...pods.map((p) => diedAt(p) ?? Infinity)),
    directness,
    open: isNode,
    blames: isNode && node.name ? [node] : [],
    pods: podNames(pods),
    recommendations: [advise(field ? `Set ${field} to what the program really uses` : 'Relieve the node', message.slice(0, 300))],
  }
}

function judge(
  workload: KubeObject,
  message: string,
  hog: boolean,
): { field: string | null; directness: number; says: string; isNode: boolean } {
  const volume = /EmptyDir volume "([^"]+)" exceeds the limit "([^"]+)"/.exec(message)
  if (volume)
    return {
      field: podField(workload, `volumes[name=${volume[1]}].emptyDir.sizeLimit`),
      directness: 0.9,
      says: `volume ${volume[1]} holds more than its limit of ${volume[2]}`,
      isNode: false,
    }
  const containers: any[] = podSpecOf(workload)?.containers ?? []
  const storage =
    /ephemeral local storage usage exceeds the total limit of containers ([\w.]+)|Container (\S+) exceeded its local ephemeral storage limit "?([\w.]+)/.exec(
      message,
    )
  if (storage) {
    const name = storage[2] ?? containers.find((c) => c.resources?.limits?.['ephemeral-storage'])?.name ?? containers[0]?.name
    return {
      field: containerField(workload, name, entry('resources.limits', 'ephemeral-storage')),
      directness: 0.9,
      says: `it uses more local storage than its limit of ${storage[1] ?? storage[3]}`,
      isNode: false,
    }
  }
  const low = /low on resource: ([\w-]+)/.exec(message)?.[1]
  const greed = greedOf(message)
  if (greed)
    return {
      field: containerField(workload, greed.container, entry('resources.requests', greed.resource)),
      directness: hog ? 0.86 : 0.72,
      says: `the node was short of ${low}, and container ${greed.container} used ${greed.used} with a request of ${greed.requested}`,
      isNode: !hog,
    }
  return { field: null, directness: 0.5, says: low ? `the node was short of ${low}` : message.slice(0, 150), isNode: true }
}
