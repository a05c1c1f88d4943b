import { groupOf, type KubeObject } from '#cluster'
import { unwellCustoms } from '../snapshot/custom-links.ts'
import type { Handled } from '../snapshot/controllers.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { ACTED_ON, isKind, KINDS } from '../snapshot/kinds.ts'
import { isAddressless } from '../rules/services/address-pools.ts'
import type { Eyes } from './eyes.ts'

const MAX_KINDS = 20
/**
 * Reads who may act on what, and says of which kinds the controllers that may know why something does not work: of the Ingresses and routes of what is asked about, of
 * custom resources that are meant by the alert, that are unwell or that nobody has looked at, and of what is held by a finalizer.
 */
export async function readControllers(
  eyes: Eyes,
  snapshot: Snapshot,
  isAsked: boolean,
  meant: readonly KubeObject[] = [],
): Promise<Handled[]> {
  const handled = new Map<string, Handled>()
  const add = (group: string, resource: string): unknown =>
    handled.size < MAX_KINDS && handled.set(`${group}/${resource}`, { group, resource })
  if (isAsked) for (const kind of ACTED_ON) if (snapshot.all(kind).length > 0) add(groupOf(KINDS[kind].apiVersion), KINDS[kind].plural)
  for (const object of meant) if (!isKind(object.kind)) add(groupOf(object.apiVersion), object.kind.toLowerCase())
  const unwell = unwellCustoms(snapshot)
  for (const object of snapshot.customs)
    if (
      !object.status ||
      object.metadata.deletionTimestamp ||
      unwell.has(`${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`)
    )
      add(groupOf(object.apiVersion), object.kind.toLowerCase())
  for (const kind of ['Ingress', 'Service', 'PersistentVolumeClaim', 'PersistentVolume'] as const)
    if (snapshot.all(kind).some((o) => o.metadata.deletionTimestamp && o.metadata.finalizers?.length))
      add(groupOf(KINDS[kind].apiVersion), KINDS[kind].plural)
  if (snapshot.all('Service').some(isAddressless)) add('', 'services')
  if (handled.size === 0) return []
  await Promise.all([eyes.list('ClusterRoleBinding', null), eyes.list('ClusterRole', null)])
  return [...handled.values()]
}
