import { type KubeObject } from '#cluster'
import { containerField, containerSpec, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import { type Draft } from '../rule.ts'

/** What the kubelet could not find (kubelet_pods.go, volume/{secret,configmap,projected}). */
export interface Missing {
  kind: 'Secret' | 'ConfigMap'
  name: string
  /** null: the whole object is missing. */
  key: string | null
  container: string | null
  volume: string | null
  said: Draft
}

export function referenceField(workload: KubeObject, missing: Missing): string | null {
  const isIt = (ref: any): boolean => ref !== undefined && (ref.name ?? ref.secretName) === missing.name
  const [envKey, fromKey, volumeKey] =
    missing.kind === 'Secret'
      ? (['secretKeyRef', 'secretRef', 'secret'] as const)
      : (['configMapKeyRef', 'configMapRef', 'configMap'] as const)
  const spec = podSpecOf(workload)
  const containers = missing.container === null ? [] : [missing.container]
  for (const name of containers) {
    const container = containerSpec(workload, name)?.spec
    const env = (container?.env ?? []).find(
      (e: any) => isIt(e.valueFrom?.[envKey]) && (missing.key === null || e.valueFrom[envKey].key === missing.key),
    )
    if (env) return containerField(workload, name, `env[name=${env.name}].valueFrom.${envKey}.${missing.key === null ? 'name' : 'key'}`)
    const from = (container?.envFrom ?? []).findIndex((e: any) => isIt(e[fromKey]))
    if (from >= 0) return containerField(workload, name, `envFrom[${from}].${fromKey}.name`)
  }
  const volume = (spec?.volumes ?? []).find((v: any) => (missing.volume === null || v.name === missing.volume) && isIt(v[volumeKey]))
  if (volume) {
    const at = (volume[volumeKey].items ?? []).findIndex((i: any) => i.key === missing.key)
    const leaf = missing.key !== null && at >= 0 ? `items[${at}].key` : missing.kind === 'Secret' ? 'secretName' : 'name'
    return podField(workload, `volumes[name=${volume.name}].${volumeKey}.${leaf}`)
  }
  const projected = (spec?.volumes ?? []).find((v: any) => (v.projected?.sources ?? []).some((s: any) => isIt(s[volumeKey])))
  if (!projected) return anyField(workload, spec, missing)
  const source = projected.projected.sources.findIndex((s: any) => isIt(s[volumeKey]))
  return podField(workload, `volumes[name=${projected.name}].projected.sources[${source}].${volumeKey}.name`)
}

/** Volumes of other kinds (Azure's and Ceph's files, drivers' own) name a Secret in a field of their own. */
function anyField(workload: KubeObject, spec: any, { name }: Missing): string | null {
  const leaf = leavesOf(spec?.volumes ?? [], podField(workload, 'volumes')).find(
    (l) => l.value === name && /secret|configMap/i.test(l.field),
  )
  return leaf?.field ?? null
}
