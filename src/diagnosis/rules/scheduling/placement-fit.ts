import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { dutyOf } from '../../snapshot/agents.ts'
import { containerField, entry, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { quantity } from '../../snapshot/quantity.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { time } from '../../snapshot/events.ts'
import { matchesLabels } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Make, Placement } from './placement-verdict.ts'
import { NODE_SELECTOR, NODE_STATE_TAINTS } from '../../snapshot/well-known.ts'
import { isTolerated, isWanted } from './placement-nodes.ts'
import { crowding } from './crowding.ts'
import { preemption } from './preemption.ts'
import type { Place } from '../rule.ts'

/** Which label no node has. */
export function selector(snapshot: Snapshot, workload: KubeObject, spec: any, make: Make): Placement {
  const nodes = snapshot.all('Node')
  const pairs = Object.entries<string>(spec.nodeSelector ?? {})
  const wrong = pairs.find(([k, v]) => !nodes.some((n) => n.metadata.labels?.[k] === v)) ?? pairs[0]
  if (!wrong || (spec.affinity?.nodeAffinity && nodes.some((n) => matchesLabels(spec.nodeSelector ?? {}, n.metadata.labels))))
    return make('no node matches its node affinity', podField(workload, 'affinity.nodeAffinity'), 0.86)
  const [key, value] = wrong
  const given = podSpecOf(workload)?.nodeSelector?.[key] === undefined && workload.kind !== 'Pod' ? addedBy(snapshot, workload) : null
  if (given)
    return {
      ...make(`no node has the label ${key}=${value}, which its namespace asks of every pod`, null, 0.92, { tokens: [value] }),
      cause: given,
    }
  const there = [...new Set(nodes.map((n) => n.metadata.labels?.[key]).filter((v) => v !== undefined))].sort()
  const hint = there.length > 0 ? `; nodes have ${there.slice(0, 5).join(', ')}` : ''
  return make(`no node has the label ${key}=${value}${hint}`, entry(podField(workload, 'nodeSelector'), key), 0.92, { tokens: [value] })
}

/** What gives every pod of a namespace a nodeSelector: the annotation that the admission plug-in PodNodeSelector reads. */
function addedBy(snapshot: Snapshot, { metadata: { namespace = '' } }: KubeObject): Place | null {
  const home = snapshot.get('Namespace', null, namespace)
  return home?.metadata.annotations?.[NODE_SELECTOR] ? { object: refOf(home), field: entry('metadata.annotations', NODE_SELECTOR) } : null
}

/** Whether one pod asks for more than any node has, or the nodes are full. */
export function resources(
  snapshot: Snapshot,
  workload: KubeObject,
  spec: any,
  nodes: readonly KubeObject[],
  name: string,
  make: Make,
): Placement {
  const asked = (c: any): number => quantity(c.resources?.requests?.[name]) ?? 0
  const containers: any[] = (spec.containers ?? []).toSorted((a: any, b: any) => asked(b) - asked(a))
  const total = containers.reduce((sum, c) => sum + asked(c), 0)
  const most = containers[0]
  const field = most ? containerField(workload, most.name, entry('resources.requests', name)) : null
  const fit = nodes.filter((n) => isWanted(spec, n))
  const largest = Math.max(0, ...fit.map((n) => quantity(n.status?.allocatable?.[name]) ?? 0))
  const shown = most?.resources?.requests?.[name]
  const replicas = { object: refOf(workload), field: 'spec.replicas', summary: 'There are more replicas than the nodes can hold' }
  if (fit.length > 0 && total > largest)
    return make(
      `it asks for ${shown} ${name}, and the largest node has ${fit.map((n) => n.status?.allocatable?.[name]).find((q) => (quantity(q) ?? 0) === largest) ?? 0}`,
      field,
      0.93,
      // Nobody has any: who brings it to nodes may be the one that is missing.
      {
        tokens: [String(shown)],
        blames: largest === 0 && name.includes('/') ? plugins(snapshot) : [],
      },
    )
  const preempted = preemption(snapshot, workload, make)
  if (preempted) return preempted
  const some = snapshot.podsOf(workload).some((p) => p.spec?.nodeName)
  const says = `the nodes have not enough ${name} left for the ${shown ?? '?'} that it asks for`
  const tokens = shown ? [String(shown)] : []
  // Some nodes that are meant for it have none, and others have: who brings it may be missing there.
  const blames =
    name.includes('/') && fit.some((n) => isMeantFor(snapshot, spec, n) && !quantity(n.status?.allocatable?.[name]))
      ? plugins(snapshot)
      : []
  if (some && scaledUp(snapshot, workload)) {
    const smaller = field === null ? [] : [{ object: refOf(workload), field, summary: 'Each of its pods asks for more than it needs' }]
    return make(`it was scaled up, and ${says}`, 'spec.replicas', 0.75, { blames, alternatives: smaller })
  }
  const crowded = crowding(snapshot, workload, fit, name, make)
  if (crowded) {
    const own = field === null ? [] : [{ object: refOf(workload), field, summary: 'It asks for more than is left' }]
    return { ...crowded, alternatives: own }
  }
  return make(says, field, some ? 0.62 : 0.72, { tokens, blames, alternatives: some ? [replicas] : [] })
}

/** Who brings devices to nodes. */
const plugins = (snapshot: Snapshot): ObjectRef[] =>
  snapshot
    .all('DaemonSet')
    .filter((d) => dutyOf(d) === 'devices')
    .map(refOf)

/** Whether a node is one of those that the pod is for, and not of those that anything may use: by a label that not all have, or a taint. */
function isMeantFor(snapshot: Snapshot, spec: any, node: KubeObject): boolean {
  const taints: any[] = node.spec?.taints ?? []
  if (taints.some((t) => t.effect !== 'PreferNoSchedule' && !isTolerated(spec, t))) return false
  return taints.some((t) => !Object.hasOwn(NODE_STATE_TAINTS, t.key)) || snapshot.all('Node').some((n) => !isWanted(spec, n))
}

/** Whether somebody asked for more replicas, without a roll-out, not long before the pods that wait were made. */
export function scaledUp(snapshot: Snapshot, workload: KubeObject): boolean {
  const waiting = snapshot.podsOf(workload).filter((p) => !p.spec?.nodeName)
  const made = Math.min(...waiting.map((p) => time(p.metadata.creationTimestamp) ?? Infinity))
  return editsOf(workload).some((e) => e.field === 'spec.replicas' && e.at !== null && Math.abs(made - e.at) < 300_000)
}
