import type { KubeObject } from '#cluster'
import { dutyOf, lacksNetwork } from '../snapshot/agents.ts'
import { isReady } from '../snapshot/containers.ts'
import { isKind } from '../snapshot/kinds.ts'
import { callsOf } from '../snapshot/hosts.ts'
import { wouldServe } from '../snapshot/served.ts'
import { keyOf, refKey, type Snapshot } from '../snapshot/snapshot.ts'
import type { Observation } from '../rules/rule.ts'
import type { ObjectRef } from '#kinds/result'

/**
 * The edges of the causal graph. An observation points at objects by name (`blames`: strength 1); one whose reason is not
 * known may come from anything that its pods depend on (strength below 1). What stands behind a Service or an Ingress is
 * reached through it, so that a chain holds even where its middle shows nothing.
 */
export type Reach = ReadonlyMap<string, number>

const IMPLICIT = 0.6

export function reachOf(snapshot: Snapshot, observation: Observation): Reach {
  const reach = new Map<string, number>()
  const add = (key: string, strength: number): void => {
    if (strength > (reach.get(key) ?? 0)) reach.set(key, strength)
  }
  for (const ref of observation.blames) {
    for (const key of behind(snapshot, ref)) add(key, 1)
    // A node that is cut off keeps callers from pods that look well themselves.
    if (ref.kind === 'Service' && observation.open) for (const node of mainNodes(served(snapshot, ref))) add(`Node//${node}`, 0.9)
  }
  const workload = isKind(observation.on.kind)
    ? snapshot.get(observation.on.kind, observation.on.namespace, observation.on.name)
    : undefined
  if (!workload) return reach
  const pods = observation.pods
    .map((name) => snapshot.get('Pod', observation.on.namespace, name))
    .filter((p): p is KubeObject => p !== undefined)
  if (observation.directness < 0.8)
    for (const name of mainNodes(pods)) {
      // What is on the node's own network does not need the one that is missing; it may be the one who brings it.
      const node = snapshot.get('Node', null, name)
      if (!node || !lacksNetwork(node) || !pods.every((p) => p.spec?.hostNetwork)) add(`Node//${name}`, 0.9)
    }
  if (!observation.open) return reach
  // Without the agents on their own nodes callers reach no Service.
  if (observation.blames.some((b) => b.kind === 'Service')) for (const key of agentsOn(snapshot, mainNodes(pods))) add(key, 0.7)
  // An init container waits for what it calls.
  const isWaiting = observation.failure === 'startup' && observation.container !== null
  if (isWaiting || observation.failure === 'crash' || observation.failure === 'unready' || observation.failure === 'call')
    for (const call of callsOf(snapshot, workload)) for (const key of behind(snapshot, call.service)) add(key, IMPLICIT)
  if (observation.failure === 'scheduling' || observation.failure === 'startup')
    for (const claim of claimsOf(pods)) add(`PersistentVolumeClaim/${observation.on.namespace}/${claim}`, 0.9)
  return reach
}

/** DaemonSets on the nodes' own network that are not ready there, or not there: the proxy and the network plug-in are among them. */
const agentsOn = (snapshot: Snapshot, nodes: readonly string[]): string[] =>
  nodes.flatMap((node) =>
    snapshot
      .all('DaemonSet')
      .filter((set) => ['host', 'network'].includes(dutyOf(set) ?? ''))
      .filter((set) => !snapshot.podsOf(set).some((pod) => pod.spec?.nodeName === node && isReady(pod)))
      .map(keyOf),
  )

const served = (snapshot: Snapshot, { namespace, name }: ObjectRef): readonly KubeObject[] =>
  snapshot.podsSelected(namespace ?? '', snapshot.get('Service', namespace, name)?.spec?.selector)

/** The object itself and, for a Service, the workloads that serve it. */
function behind(snapshot: Snapshot, ref: ObjectRef): string[] {
  const keys = [refKey(ref)]
  if (ref.kind === 'Service') {
    const service = snapshot.get('Service', ref.namespace, ref.name)
    keys.push(...new Set(snapshot.podsSelected(ref.namespace ?? '', service?.spec?.selector).map((pod) => keyOf(snapshot.workloadOf(pod)))))
    keys.push(...wouldServe(snapshot, service).map(keyOf))
  }
  return keys
}

/** Nodes that hold at least half of the pods in trouble. */
function mainNodes(pods: readonly KubeObject[]): string[] {
  const counts = new Map<string, number>()
  for (const pod of pods) if (pod.spec?.nodeName) counts.set(pod.spec.nodeName, (counts.get(pod.spec.nodeName) ?? 0) + 1)
  return [...counts].filter(([, n]) => n * 2 >= pods.length).map(([node]) => node)
}

const claimsOf = (pods: readonly KubeObject[]): Set<string> =>
  new Set(
    pods.flatMap((pod) =>
      (pod.spec?.volumes ?? []).map((v: any) => v.persistentVolumeClaim?.claimName).filter((n: unknown) => typeof n === 'string'),
    ),
  )
