import { groupOf, refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { controllersOf } from '../../snapshot/controllers.ts'
import { time } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, inspect } from '../recommend.ts'
import { HELD_KINDS, stuckNamespace } from './stuck-namespace.ts'
import { fromEvent, fromObject, type Rule, type Seen } from '../rule.ts'

const PATIENCE = 120_000
export const stuckTerminating: Rule = {
  id: 'stuck-terminating',
  title: 'An object is being deleted and does not go',
  means:
    'It was deleted, but a finalizer holds it whose controller does not answer, its node does not confirm, or a namespace still has content.',
  looksAt: 'Objects with a deletionTimestamp well in the past, their finalizers, and their nodes.',
  mend: 'Bring the controller that owns the finalizer back; only if it is gone for good, take the finalizer away.',
  look: (snapshot) =>
    [...HELD_KINDS.flatMap((kind) => snapshot.all(kind)), ...snapshot.customs]
      .map((object) => stuck(snapshot, object))
      .filter((s) => s !== null),
}

function stuck(snapshot: Snapshot, object: KubeObject): Seen | null {
  const deleted = time(object.metadata.deletionTimestamp)
  // A pod's deletionTimestamp already has its grace period in it.
  if (deleted === null || snapshot.now - deleted < PATIENCE) return null
  const finalizers = (object.metadata.finalizers ?? []).filter((f) => !/^(?:foregroundDeletion|orphan|kubernetes)$/.test(f))
  const ref = refOf(object)
  const name = `${object.kind} ${ref.namespace === null ? '' : `${ref.namespace}/`}${ref.name}`
  const minutes = Math.round((snapshot.now - deleted) / 60_000)
  const base = {
    on: object.kind === 'Pod' ? refOf(snapshot.workloadOf(object)) : ref,
    failure: 'ending' as const,
    severity: 'warning' as const,
    since: deleted,
  }
  if (object.kind === 'Namespace') return { ...base, ...stuckNamespace(snapshot, object, name, minutes) }
  if (object.kind === 'PersistentVolumeClaim' && finalizers.includes('kubernetes.io/pvc-protection')) {
    const user = snapshot
      .all('Pod', ref.namespace)
      .find((p) => p.spec?.volumes?.some((v: any) => v.persistentVolumeClaim?.claimName === ref.name))
    if (user)
      return {
        ...base,
        summary: `${name} is being deleted for ${minutes} minutes: pod ${user.metadata.name} still uses it`,
        evidence: [fromObject(object, `finalizers ${finalizers.join(', ')}`)],
        cause: { object: refOf(snapshot.workloadOf(user)), field: null },
        directness: 0.6,
        tentative: true,
        recommendations: [advise(`End pod ${user.metadata.name}, or keep the claim`, 'A claim goes when nobody uses it.')],
      }
  }
  if (finalizers.length > 0) {
    return {
      ...base,
      severity: 'critical',
      summary: `${name} is being deleted for ${minutes} minutes: the finalizer ${finalizers[0]} is not taken away`,
      evidence: [fromObject(object, `deletionTimestamp ${object.metadata.deletionTimestamp}, finalizers ${finalizers.join(', ')}`)],
      cause: { object: ref, field: 'metadata.finalizers' },
      directness: 0.88,
      // Who should take it away may be ill, or not allowed to.
      blames: controllersOf(snapshot, { group: groupOf(ref.apiVersion), resource: object.kind.toLowerCase() }).map(refOf),
      recommendations: [advise(`Find the controller of ${finalizers[0]}`, 'It has to finish its work and take the finalizer away.')],
    }
  }
  if (object.kind !== 'Pod') return null
  const node: ObjectRef | null = object.spec?.nodeName
    ? { apiVersion: 'v1', kind: 'Node', namespace: null, name: object.spec.nodeName }
    : null
  const event = snapshot.eventsOf(object).find((e) => e.reason === 'FailedKillPod' || e.reason === 'KillPodSandboxError')
  return {
    ...base,
    summary: `${name} is being deleted for ${minutes} minutes: its node${node ? ` ${node.name}` : ''} does not confirm that it has ended`,
    evidence: [fromObject(object, `deletionTimestamp ${object.metadata.deletionTimestamp}`), ...(event ? [fromEvent(event)] : [])],
    cause: { object: node ?? ref, field: null },
    directness: 0.6,
    open: true,
    blames: node ? [node] : [],
    recommendations: node ? [inspect('Look at the node', 'Its kubelet ends pods.', `kubectl describe node ${node.name}`)] : [],
  }
}
