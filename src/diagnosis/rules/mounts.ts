import type { KubeObject } from '#cluster'
import { containerSpec, podSpecOf } from '../snapshot/field-path.ts'

/** What is mounted over a path in a container. */
export interface Mount {
  mountPath: string
  readOnly: boolean
  volume: any
  /** Name of the ConfigMap, Secret or claim behind it. */
  configMap: string | null
  secret: string | null
  claim: string | null
  /** Whether a claim is behind it: by name, or made from a StatefulSet's template. */
  isClaim: boolean
  /** The key that a subPath or an item makes this file of. */
  key: string | null
}

/** The innermost mount that holds `path`. */
export function mountOf(workload: KubeObject, container: string, path: string): Mount | undefined {
  const mounts: any[] = containerSpec(workload, container)?.spec.volumeMounts ?? []
  const mount = mounts
    .filter((m) => path === m.mountPath || path.startsWith(m.mountPath.replace(/\/*$/, '/')))
    .sort((a, b) => b.mountPath.length - a.mountPath.length)[0]
  const volume = mount && (podSpecOf(workload)?.volumes ?? []).find((v: any) => v.name === mount.name)
  const template = mount && workload.spec?.volumeClaimTemplates?.find((t: any) => t.metadata?.name === mount.name)
  if (!mount || (!volume && !template)) return undefined
  const items: any[] = volume?.configMap?.items ?? volume?.secret?.items ?? []
  const file = path.slice(path.lastIndexOf('/') + 1)
  return {
    mountPath: mount.mountPath,
    readOnly: mount.readOnly === true,
    volume: volume ?? { name: mount.name },
    configMap: volume?.configMap?.name ?? null,
    secret: volume?.secret?.secretName ?? null,
    claim: volume?.persistentVolumeClaim?.claimName ?? null,
    isClaim: template !== undefined || volume?.persistentVolumeClaim !== undefined,
    key:
      items.find((i) => i.path === file)?.key ??
      (mount.subPath ? (items.find((i) => i.path === mount.subPath)?.key ?? mount.subPath) : null),
  }
}
