import type { Json, KubeObject } from '../api.ts'
import * as say from './messages.ts'

/** What is in a namespace by name: its keys, or undefined if it is not there. Values are never needed. */
export type Keys = (kind: 'ConfigMap' | 'Secret', namespace: string, name: string) => ReadonlySet<string> | undefined

/** The first ConfigMap or Secret, or key, that a volume of the pod wants and the cluster does not have. */
export function missingForVolumes(pod: KubeObject, keys: Keys): { subject: string; message: string } | null {
  for (const volume of pod.spec.volumes ?? []) {
    const sources: Json[] = volume.projected?.sources ?? [volume]
    for (const source of sources) {
      const message = missingForVolume(source, pod.metadata.namespace ?? '', keys)
      if (message) return { subject: volume.name, message }
    }
  }
  return null
}

function missingForVolume(source: Json, namespace: string, keys: Keys): string | null {
  const isConfigMap = Boolean(source.configMap)
  const wanted = source.configMap ?? source.secret
  // Every namespace gets the root certificate by a controller, a moment after it is made.
  const name = wanted?.name ?? wanted?.secretName
  if (!wanted || wanted.optional || name === 'kube-root-ca.crt') return null
  const found = keys(isConfigMap ? 'ConfigMap' : 'Secret', namespace, name)
  if (!found) return isConfigMap ? say.missingConfigMap(name) : say.missingSecret(name)
  const item = (wanted.items ?? []).find((i: Json) => !found.has(i.key))
  if (!item) return null
  return isConfigMap ? `configmap references non-existent config key: ${item.key}` : `references non-existent secret key: ${item.key}`
}

/** The same for a container's environment, in the order in which the kubelet builds it. */
export function missingForEnvironment(pod: KubeObject, container: Json, keys: Keys): string | null {
  const namespace = pod.metadata.namespace ?? ''
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const ref = configMapRef ?? secretRef
    const kind = configMapRef ? 'ConfigMap' : 'Secret'
    if (ref && !ref.optional && !keys(kind, namespace, ref.name))
      return configMapRef ? say.missingConfigMap(ref.name) : say.missingSecret(ref.name)
  }
  for (const { valueFrom } of container.env ?? []) {
    const ref = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef
    if (!ref || ref.optional) continue
    const isConfigMap = Boolean(valueFrom.configMapKeyRef)
    const found = keys(isConfigMap ? 'ConfigMap' : 'Secret', namespace, ref.name)
    if (!found) return isConfigMap ? say.missingConfigMap(ref.name) : say.missingSecret(ref.name)
    if (!found.has(ref.key)) return (isConfigMap ? say.missingConfigMapKey : say.missingSecretKey)(ref.key, namespace, ref.name)
  }
  return null
}

/** Pull secrets that do not exist: the kubelet only warns of them. */
export function missingPullSecrets(pod: KubeObject, keys: Keys): string[] {
  const names: string[] = (pod.spec.imagePullSecrets ?? []).map(({ name }: Json) => name)
  return names.filter((name) => !keys('Secret', pod.metadata.namespace ?? '', name))
}
