import type { KubeObject } from '#cluster'
import { quantity } from '../../snapshot/quantity.ts'

export const fits = (volume: KubeObject, claim: KubeObject): boolean => checksOf(claim)(volume).every(([, ok]) => ok)

/** What a volume must have for a claim: the claim's field, whether it is so, and the reason if not. */
export function checksOf(claim: KubeObject): (volume: KubeObject) => [field: string, ok: boolean, because: string][] {
  const spec = claim.spec ?? {}
  return (v) => [
    [
      'storageClassName',
      (v.spec?.storageClassName ?? '') === (spec.storageClassName ?? ''),
      `its class is ${v.spec?.storageClassName || 'none'}, not ${spec.storageClassName || 'none'}`,
    ],
    [
      'accessModes',
      (spec.accessModes ?? []).every((m: string) => v.spec?.accessModes?.includes(m)),
      `it allows ${(v.spec?.accessModes ?? []).join(', ')}, not ${(spec.accessModes ?? []).join(', ')}`,
    ],
    [
      'resources.requests.storage',
      (quantity(v.spec?.capacity?.storage) ?? 0) >= (quantity(spec.resources?.requests?.storage) ?? 0),
      `it has ${v.spec?.capacity?.storage}, and ${spec.resources?.requests?.storage} is asked for`,
    ],
    [
      'volumeMode',
      (v.spec?.volumeMode ?? 'Filesystem') === (spec.volumeMode ?? 'Filesystem'),
      `its mode is ${v.spec?.volumeMode ?? 'Filesystem'}`,
    ],
    [
      'selector',
      Object.entries(spec.selector?.matchLabels ?? {}).every(([k, x]) => v.metadata.labels?.[k] === x),
      'its labels do not match the selector',
    ],
  ]
}
