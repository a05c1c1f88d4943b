import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { condition } from '../../snapshot/containers.ts'
import type { Kind } from '../../snapshot/kinds.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject } from '../rule.ts'

/** Kinds whose objects are held by finalizers. */
export const HELD_KINDS: readonly Kind[] = [
  'Pod',
  'PersistentVolumeClaim',
  'Service',
  'Ingress',
  'ConfigMap',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'Namespace',
  'PersistentVolume',
]

/** What keeps a namespace: objects in it that are held themselves, and APIs that do not answer. */
function holders(snapshot: Snapshot, { metadata, status }: KubeObject): ObjectRef[] {
  const held = HELD_KINDS.filter((kind) => kind !== 'Namespace')
    .flatMap((kind) => snapshot.all(kind, metadata.name))
    .filter((o) => o.metadata.deletionTimestamp && o.metadata.finalizers?.length)
  const said = (status?.conditions ?? []).map((c: any) => String(c.message ?? '')).join('\n')
  const silent = snapshot.all('APIService').filter((a) => said.includes(`${a.spec?.group}/${a.spec?.version}`))
  return [...held, ...silent].slice(0, 20).map(refOf)
}

/** A namespace that does not go: what its controller says of it, and what holds it. */
export function stuckNamespace(snapshot: Snapshot, object: KubeObject, name: string, minutes: number) {
  const why = [
    'NamespaceDeletionDiscoveryFailure',
    'NamespaceDeletionGroupVersionParsingFailure',
    'NamespaceDeletionContentFailure',
    'NamespaceFinalizersRemaining',
    'NamespaceContentRemaining',
  ]
    .map((type) => condition(object, type))
    .find((c) => c?.status === 'True')
  return {
    severity: 'critical' as const,
    summary: `${name} is being deleted for ${minutes} minutes: ${why?.message ?? 'it still has content'}`,
    evidence: [fromObject(object, `${why?.type ?? 'Terminating'}: ${why?.message ?? ''}`)],
    cause: { object: refOf(object), field: 'spec.finalizers' },
    directness: 0.75,
    blames: holders(snapshot, object),
    recommendations: [advise('Remove what is left in it', String(why?.message ?? 'It goes when nothing is left.').slice(0, 300))],
  }
}
