import type { KubeObject } from '#cluster'
import { containerSpec, podField, podSpecOf } from '../../snapshot/field-path.ts'

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

/** Volumes whose files are written by the kubelet, with a mode that the volume says. */
const MADE = ['secret', 'configMap', 'projected', 'downwardAPI'] as const

/** Where the mode of a mounted file is set. */
export function modeField(workload: KubeObject, { volume }: Mount): string {
  const source = MADE.find((kind) => volume[kind])
  return podField(workload, `volumes[name=${volume.name}]${source ? `.${source}.defaultMode` : ''}`)
}

const EXECUTE = 0o111
const READ_BY_ALL = 0o004
const USUAL = 0o644

/** Whether the kubelet writes the file under `path` without the bits that `need` asks for: 'execute', or 'read' by anybody. */
export function lacksMode({ volume }: Mount, path: string, need: 'execute' | 'read'): boolean {
  const source = MADE.map((kind) => volume[kind]).find(Boolean)
  if (!source) return false
  const file = path.slice(path.lastIndexOf('/') + 1)
  const items: any[] = [source, ...(source.sources ?? []).map((s: any) => s.configMap ?? s.secret ?? {})].flatMap((s) => s.items ?? [])
  const mode = Number(items.find((i) => i.path === file || i.path?.endsWith(`/${file}`))?.mode ?? source.defaultMode ?? USUAL)
  return (mode & (need === 'execute' ? EXECUTE : READ_BY_ALL)) === 0
}
