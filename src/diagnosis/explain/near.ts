import type { KubeObject } from '#cluster'
import type { Change } from '../snapshot/changes.ts'
import { dutyOf } from '../snapshot/agents.ts'
import { editsOf } from '../snapshot/edits.ts'
import { time } from '../snapshot/events.ts'
import { podSpecOf } from '../snapshot/field-path.ts'
import { callsOf } from '../snapshot/hosts.ts'
import { isKind } from '../snapshot/kinds.ts'
import { leavesOf } from '../snapshot/leaves.ts'
import { matchesSelector } from '../snapshot/selectors.ts'
import { configMapsOf } from '../snapshot/settings.ts'
import { keyOf, type Snapshot } from '../snapshot/snapshot.ts'
import type { Observation } from '../rules/rule.ts'

/** Something on the way of a request that was written. */
export interface NearEdit {
  object: KubeObject
  change: Change
}

/**
 * What was written on the way between a caller and what it calls, for trouble that nothing else explains: the Services, the ConfigMaps of what
 * stands behind them, NetworkPolicies for one of the two, and custom resources (a mesh's, a gateway's) that name one of them or hold for all
 * of their namespace. The last that `isTimely` allows comes first.
 */
export function nearEdits(snapshot: Snapshot, { on, blames, lines }: Observation, isTimely: (at: number) => boolean): NearEdit[] {
  const workload = isKind(on.kind) ? snapshot.get(on.kind, on.namespace, on.name) : undefined
  if (!workload) return []
  const named = blames.filter((b) => b.kind === 'Service')
  const refs = named.length > 0 ? named : callsOf(snapshot, workload).map((c) => c.service)
  const services = refs.map((s) => snapshot.get('Service', s.namespace, s.name)).filter((s) => s !== undefined)
  const callees = services.flatMap((s) =>
    snapshot.podsSelected(s.metadata.namespace ?? '', s.spec?.selector).map((pod) => snapshot.workloadOf(pod)),
  )
  const workloads = [...new Set([workload, ...callees])]
  const maps = [...new Set(callees)].flatMap((callee) =>
    configMapsOf(podSpecOf(callee)).map((name) => snapshot.get('ConfigMap', callee.metadata.namespace ?? null, name)),
  )
  const found = new Map<string, KubeObject>()
  for (const object of [...services, ...maps, ...policies(snapshot, workloads), ...customs(snapshot, workloads, services)])
    if (object) found.set(keyOf(object), object)
  const timely = (objects: readonly KubeObject[]): NearEdit[] =>
    objects
      .flatMap((object) => writes(object, labelsOf(workload)).map((change) => ({ object, change })))
      .filter(({ change }) => change.at !== null && isTimely(change.at))
      .sort((a, b) => b.change.at! - a.change.at! || (keyOf(a.object) < keyOf(b.object) ? -1 : 1))
  const near = timely([...found.values()])
  return near.length > 0 || !lines.some((line) => LOST.test(line)) ? near : timely(underlay(snapshot))
}

/** What a program says whose packets are lost, rather than refused. */
const LOST = /timed? ?out|timeout|deadline exceeded|reset by peer|EAI_AGAIN|no route to host|handshake/i

/** What makes the network under all of them: the agents on the nodes, and what they are told. */
const underlay = (snapshot: Snapshot): KubeObject[] => {
  const agents = snapshot.all('DaemonSet').filter((set) => dutyOf(set) === 'network' || podSpecOf(set)?.hostNetwork)
  const maps = agents.flatMap((set) =>
    configMapsOf(podSpecOf(set)).flatMap((name) => snapshot.get('ConfigMap', set.metadata.namespace ?? null, name) ?? []),
  )
  return [...new Set([...agents.filter((set) => dutyOf(set) === 'network'), ...maps])]
}

/** Its edits; an object that was never edited was written when it was made. */
function writes(object: KubeObject, caller: Record<string, string>): Change[] {
  const edits = editsOf(object)
  if (edits.length > 0 || object.kind === 'Service' || object.kind === 'ConfigMap') return edits
  const at = time(object.metadata.creationTimestamp)
  const way = matchesSelector(object.spec?.podSelector, caller) ? 'spec.egress' : 'spec.ingress'
  const field = object.kind === 'NetworkPolicy' && object.spec?.[way.slice(5)] ? way : 'spec'
  return [{ field, before: undefined, after: undefined, at, how: 'created', knowsBefore: false, backTo: null, isPrevious: false }]
}

const labelsOf = (w: KubeObject): Record<string, string> =>
  (w.kind === 'Pod' ? w.metadata.labels : w.spec?.template?.metadata?.labels) ?? {}

const policies = (snapshot: Snapshot, workloads: readonly KubeObject[]): KubeObject[] =>
  workloads.flatMap((w) =>
    snapshot.all('NetworkPolicy', w.metadata.namespace ?? null).filter((p) => matchesSelector(p.spec?.podSelector, labelsOf(w))),
  )

function customs(snapshot: Snapshot, workloads: readonly KubeObject[], services: readonly KubeObject[]): KubeObject[] {
  const namespaces = new Set(workloads.map((w) => w.metadata.namespace))
  const names = new Set(services.map((s) => s.metadata.name))
  return snapshot.customs.filter((custom) => {
    if (!namespaces.has(custom.metadata.namespace)) return false
    const { selector } = custom.spec ?? {}
    const chosen = selector?.matchLabels ?? selector?.labels
    if (chosen) return workloads.some((w) => matchesSelector({ matchLabels: chosen }, labelsOf(w)))
    const leaves = leavesOf(custom.spec ?? {}, '')
    if (leaves.some((l) => names.has(l.value.split('.')[0]!))) return true
    // Without a selector and a host it holds for its whole namespace.
    return !leaves.some((l) => /^(?:hosts?|name|service(?:Name)?)$/.test(l.key) && !l.value.includes('*'))
  })
}
