import type { ObjectRef } from '#kinds/result'
import type { Target } from '#kinds/target'
import { findResource } from './resources.ts'

/**
 * What a person wrote as a target, in full. `apiVersion` may be left out where the kind says enough; an object of a kind without namespaces
 * has none whatever was written.
 */
export function targetRef({ apiVersion, kind, namespace, name }: Target, own: string): ObjectRef {
  const group = apiVersion?.includes('/') ? apiVersion.split('/')[0] : ''
  const known = findResource(apiVersion === undefined ? kind : group ? `${kind}.${group}` : kind)
  const namespaced = known?.namespaced ?? true
  return {
    apiVersion: apiVersion ?? known?.apiVersion ?? '',
    kind: known?.kind ?? kind,
    namespace: namespaced ? (namespace ?? own) : null,
    name,
  }
}
