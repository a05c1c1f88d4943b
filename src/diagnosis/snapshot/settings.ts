import type { KubeObject } from '#cluster'
import { refOf } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { containerField, containerSpec, entry, podSpecOf } from './field-path.ts'
import type { Snapshot } from './snapshot.ts'

/** One value that configures a container, with the place where a person edits it. */
export interface Setting {
  object: ObjectRef
  field: string
  /** Name of the variable or key; empty for arguments. */
  name: string
  value: string
  origin: 'argument' | 'variable' | 'file'
}

/** Everything that configures a container and is readable: its arguments, variables, and the ConfigMaps it takes them or files from. */
export function settingsOf(snapshot: Snapshot, workload: KubeObject, container: string): Setting[] {
  const found = containerSpec(workload, container)
  if (!found) return []
  const { spec } = found
  const namespace = workload.metadata.namespace ?? ''
  const object = refOf(workload)
  const settings: Setting[] = []
  for (const list of ['command', 'args'] as const)
    for (const [i, value] of (spec[list] ?? []).entries())
      settings.push({
        object,
        field: containerField(workload, container, `${list}[${i}]`),
        name: '',
        value: String(value),
        origin: 'argument',
      })
  for (const env of spec.env ?? []) {
    const field = containerField(workload, container, `env[name=${env.name}]`)
    if (typeof env.value === 'string')
      settings.push({ object, field: `${field}.value`, name: env.name, value: env.value, origin: 'variable' })
    const ref = env.valueFrom?.configMapKeyRef
    if (ref) settings.push(...fromConfigMap(snapshot, namespace, ref.name, 'variable', (key) => (key === ref.key ? env.name : null)))
  }
  for (const from of spec.envFrom ?? [])
    if (from.configMapRef)
      settings.push(...fromConfigMap(snapshot, namespace, from.configMapRef.name, 'variable', (key) => `${from.prefix ?? ''}${key}`))
  for (const name of mountedConfigMaps(workload, spec)) settings.push(...fromConfigMap(snapshot, namespace, name, 'file', (key) => key))
  return settings
}

function fromConfigMap(
  snapshot: Snapshot,
  namespace: string,
  name: string,
  origin: Setting['origin'],
  nameOf: (key: string) => string | null,
): Setting[] {
  const map = snapshot.get('ConfigMap', namespace, name)
  if (!map) return []
  return Object.entries(map.data ?? {}).flatMap(([key, value]) => {
    const name = nameOf(key)
    return name === null ? [] : [{ object: refOf(map), field: entry('data', key), name, value: String(value), origin }]
  })
}

/** ConfigMaps whose files a container sees, sorted. */
function mountedConfigMaps(workload: KubeObject, spec: any): string[] {
  const mounted = new Set((spec.volumeMounts ?? []).map((m: any) => m.name))
  const names = (podSpecOf(workload)?.volumes ?? [])
    .filter((v: any) => mounted.has(v.name))
    .flatMap((v: any) => [v.configMap?.name, ...(v.projected?.sources ?? []).map((s: any) => s.configMap?.name)])
    .filter((name: any) => typeof name === 'string')
  return [...new Set<string>(names)].sort()
}

/** Names of all ConfigMaps that a pod's spec names in any way. */
export function configMapsOf(podSpec: any): string[] {
  const names: unknown[] = (podSpec?.volumes ?? []).flatMap((v: any) => [
    v.configMap?.name,
    ...(v.projected?.sources ?? []).map((s: any) => s.configMap?.name),
  ])
  for (const c of [...(podSpec?.containers ?? []), ...(podSpec?.initContainers ?? [])]) {
    names.push(
      ...(c.env ?? []).map((e: any) => e.valueFrom?.configMapKeyRef?.name),
      ...(c.envFrom ?? []).map((e: any) => e.configMapRef?.name),
    )
  }
  return [...new Set(names.filter((name): name is string => typeof name === 'string'))].sort()
}

const ESCAPE = /[.*+?^${}()|[\]\\]/g

/**
 * Whether `text` holds `word` as a word of its own: `redis` is in `redis:6379`, not in `redis-v2` or `my.redis`. Dashes
 * before a flag do not count: programs print `-x` for `--x`.
 */
export function holdsWord(text: string, word: string): boolean {
  const bare = word.replace(/^-+/, '')
  return bare !== '' && new RegExp(`(?<![\\w.]|\\w-+)${bare.replace(ESCAPE, '\\$&')}(?![\\w-]|\\.\\w)`).test(text)
}

/** Settings that quote a word; the shortest value, thus the most telling, first. */
export const settingsWith = (settings: readonly Setting[], word: string): Setting[] =>
  settings
    .filter((s) => holdsWord(s.value, word))
    .sort((a, b) => rank(a) - rank(b) || a.value.length - b.value.length || (a.field < b.field ? -1 : 1))

const rank = (setting: Setting): number => (setting.origin === 'file' ? 1 : 0)
