import type { KubeObject } from './reader.ts'

/** Controllers write these all day: who wrote which field of them tells nobody what a person changed. */
const NOISY: ReadonlySet<string> = new Set(
  'Pod Event Node Lease Endpoints EndpointSlice ReplicaSet ControllerRevision CustomResourceDefinition APIService CSINode PersistentVolume VolumeAttachment FlowSchema PriorityLevelConfiguration'.split(
    ' ',
  ),
)

export const hasNoisyWriters = (kind: string): boolean => NOISY.has(kind)

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Takes off an object, in place, what is noise or must not be seen: the last-applied annotation (a copy of the object, of a Secret with its
 * values), `managedFields` of what controllers write, and the values of a Secret.
 */
export function prune(object: KubeObject): KubeObject {
  const { metadata } = object
  if (metadata.annotations && LAST_APPLIED in metadata.annotations) delete metadata.annotations[LAST_APPLIED]
  if (object.kind === 'Secret' && object.apiVersion === 'v1') hideData(object)
  if (hasNoisyWriters(object.kind)) delete metadata.managedFields
  return object
}

function hideData(secret: KubeObject): void {
  const keys =
    secret.data || secret['stringData'] ? Object.keys({ ...secret.data, ...secret['stringData'] }) : keysFromManagedFields(secret)
  delete secret['stringData']
  if (keys) secret.data = Object.fromEntries(keys.sort().map((key) => [key, '']))
  else delete secret.data
}

/** Metadata alone names the keys of a Secret, too: each writer owns `f:data.f:<key>`. null when nobody owns any. */
function keysFromManagedFields(secret: KubeObject): string[] | null {
  const keys = new Set<string>()
  for (const entry of secret.metadata.managedFields ?? []) {
    for (const part of ['f:data', 'f:stringData']) {
      for (const field of Object.keys(entry?.fieldsV1?.[part] ?? {})) if (field.startsWith('f:')) keys.add(field.slice(2))
    }
  }
  return keys.size > 0 ? [...keys] : null
}
