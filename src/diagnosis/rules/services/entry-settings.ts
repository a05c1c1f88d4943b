import { refOf, type KubeObject } from '#cluster'
import { customsOnto } from '../../snapshot/entry.ts'
import { entry as fieldOf } from '../../snapshot/field-path.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import type { Setting } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { allSettings } from '../run/limit-setting.ts'

/** The annotations of an Ingress or route, as settings. */
export const settingsOfEntry = (entry: KubeObject): Setting[] =>
  Object.entries(entry.metadata.annotations ?? {}).map(([key, value]) => ({
    object: refOf(entry),
    field: fieldOf('metadata.annotations', key),
    name: key.slice(key.indexOf('/') + 1),
    value: String(value),
    origin: 'variable' as const,
  }))

/** What custom resources say of the way to a Service: limits, retries, pools of meshes and gateways. */
export const settingsOnto = (snapshot: Snapshot, service: KubeObject): Setting[] =>
  customsOnto(snapshot, service, []).flatMap((custom) =>
    leavesOf(custom.spec ?? {}, 'spec').map(({ field, value }) => ({
      object: refOf(custom),
      field,
      name: field.replace(/\[[^\]]*\]/g, '').replace(/^spec\./, ''),
      value,
      origin: 'variable' as const,
    })),
  )

/** What configures a proxy: its own settings, and the ConfigMap that it is told by name. */
export function proxySettings(snapshot: Snapshot, proxy: KubeObject): Setting[] {
  const own = allSettings(snapshot, proxy)
  const named = own.flatMap((s) => /configmap=(?:[^/\s]*\/)?([\w.-]+)/.exec(s.value)?.[1] ?? [])
  const maps = named.map((name) => snapshot.get('ConfigMap', proxy.metadata.namespace ?? null, name)).filter((m) => m !== undefined)
  return [
    ...maps.flatMap((map) =>
      Object.entries(map.data ?? {}).map(([name, value]) => ({
        object: refOf(map),
        field: fieldOf('data', name),
        name,
        value,
        origin: 'variable' as const,
      })),
    ),
    ...own,
  ]
}

export const isNginx = (proxies: readonly KubeObject[]): boolean =>
  proxies.some((p) => (p.spec?.template?.spec?.containers ?? []).some((c: any) => String(c.image).includes('nginx')))
