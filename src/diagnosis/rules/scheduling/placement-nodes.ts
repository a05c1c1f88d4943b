import type { KubeObject } from '#cluster'
import { quantity } from '../../snapshot/quantity.ts'
import { matchesExpression, matchesLabels } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { NODE_STATE_TAINTS, ROLE_TAINTS } from '../../snapshot/well-known.ts'

/**
 * What keeps a pod from one node, as far as objects alone tell it. The scheduler names only the first filter that fails
 * on a node; here all are looked at, so that a node with a single obstacle shows what stands between it and the pod.
 */
export type Obstacle = 'selector' | 'volume' | 'cordoned' | 'state' | 'taint' | 'size'

export interface NodeView {
  node: KubeObject
  obstacles: readonly Obstacle[]
  /** Taints of its own making that the pod does not tolerate. */
  taints: readonly any[]
  /** A control plane's node: not meant for the pod. */
  isReserved: boolean
  /** How many such pods it could still take, by the pods on it that are known. */
  room: number
}

export function viewNodes(snapshot: Snapshot, pod: KubeObject): NodeView[] {
  const spec = pod.spec ?? {}
  const volumes = volumesOf(snapshot, pod)
  return snapshot.all('Node').map((node) => {
    const untolerated = (node.spec?.taints ?? []).filter((t: any) => t.effect !== 'PreferNoSchedule' && !isTolerated(spec, t))
    const state = untolerated.filter((t: any) => Object.hasOwn(NODE_STATE_TAINTS, t.key) && t.key !== CORDON)
    const own = untolerated.filter((t: any) => !Object.hasOwn(NODE_STATE_TAINTS, t.key))
    const checks: [Obstacle, boolean][] = [
      ['selector', !isWanted(spec, node)],
      ['volume', !volumes.every((v) => isAllowed(v.spec?.nodeAffinity?.required?.nodeSelectorTerms, node))],
      ['cordoned', node.spec?.unschedulable === true && !isTolerated(spec, { key: CORDON, effect: 'NoSchedule' })],
      ['state', state.length > 0],
      ['taint', own.length > 0],
      ['size', [...requestsOf(spec)].some(([name, asked]) => asked > capacity(node, name))],
    ]
    return {
      node,
      obstacles: checks.filter(([, is]) => is).map(([name]) => name),
      taints: own,
      isReserved: own.some((t: any) => ROLE_TAINTS.has(t.key)),
      room: roomFor(snapshot, spec, node),
    }
  })
}

const CORDON = 'node.kubernetes.io/unschedulable'

/** Whether its labels are those that the pod asks for. */
export function isWanted(spec: any, node: KubeObject): boolean {
  return (
    matchesLabels(spec.nodeSelector ?? {}, node.metadata.labels) &&
    isAllowed(spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms, node)
  )
}

/** Terms are alternatives; a DaemonSet's pods name their node by a field. */
function isAllowed(terms: any[] | undefined, node: KubeObject): boolean {
  if (!terms || terms.length === 0) return true
  const fields = { 'metadata.name': node.metadata.name }
  return terms.some(
    (t) =>
      (t.matchExpressions ?? []).every((e: any) => matchesExpression(e, node.metadata.labels ?? {})) &&
      (t.matchFields ?? []).every((e: any) => matchesExpression(e, fields)),
  )
}

export function isTolerated(spec: any, taint: { key: string; value?: string; effect: string }): boolean {
  return (spec.tolerations ?? []).some(
    (t: any) =>
      (!t.effect || t.effect === taint.effect) &&
      (t.key ? t.key === taint.key : t.operator === 'Exists') &&
      (t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '')),
  )
}

/** Bound volumes of the pod. */
function volumesOf(snapshot: Snapshot, pod: KubeObject): KubeObject[] {
  return (pod.spec?.volumes ?? []).flatMap((v: any) => {
    const claim = snapshot.get('PersistentVolumeClaim', pod.metadata.namespace ?? null, v.persistentVolumeClaim?.claimName ?? '')
    const volume = claim?.spec?.volumeName ? snapshot.get('PersistentVolume', null, claim.spec.volumeName) : undefined
    return volume ? [volume] : []
  })
}

/** What all containers of a pod ask for together. */
function requestsOf(spec: any): Map<string, number> {
  const sums = new Map<string, number>([['pods', 1]])
  for (const c of spec.containers ?? [])
    for (const [name, text] of Object.entries(c.resources?.requests ?? {})) sums.set(name, (sums.get(name) ?? 0) + (quantity(text) ?? 0))
  return sums
}

/** A node that does not say how much it has of something common has enough. */
const capacity = (node: KubeObject, name: string): number =>
  quantity(node.status?.allocatable?.[name]) ?? (/^(cpu|memory|pods|ephemeral-storage)$/.test(name) ? Infinity : 0)

function roomFor(snapshot: Snapshot, spec: any, node: KubeObject): number {
  const used = new Map<string, number>()
  for (const pod of snapshot.podsOn(node.metadata.name))
    if (!['Succeeded', 'Failed'].includes(pod.status?.phase))
      for (const [name, asked] of requestsOf(pod.spec)) used.set(name, (used.get(name) ?? 0) + asked)
  const counts = [...requestsOf(spec)].map(([name, asked]) =>
    asked > 0 ? Math.floor((capacity(node, name) - (used.get(name) ?? 0)) / asked) : Infinity,
  )
  return Math.max(0, Math.min(...counts))
}
