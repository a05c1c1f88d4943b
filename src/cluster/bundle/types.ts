import { groupOf, resourceName, versionOf, type KubeObject, type ResourceInfo } from '../reader.ts'
import { RESOURCES } from '../resources.ts'
import type { Shelf } from './shelves.ts'

/** The types that CRDs define, in the version that is stored. */
export function customTypes(crds: Iterable<KubeObject>): ResourceInfo[] {
  return [...crds].flatMap(({ spec }) => {
    const { group, names, scope, versions = [], version } = spec ?? {}
    if (!group || !names?.plural || !names.kind) return []
    const served = versions.filter((v: any) => v.served !== false)
    const chosen = served.find((v: any) => v.storage)?.name ?? served[0]?.name ?? version
    if (!chosen) return []
    return {
      apiVersion: `${group}/${chosen}`,
      kind: names.kind,
      plural: names.plural,
      namespaced: scope !== 'Cluster',
      singular: names.singular ?? names.kind.toLowerCase(),
      shortNames: names.shortNames ?? [],
      categories: names.categories ?? [],
    }
  })
}

/** Built-in types, then custom ones. The version of recorded objects wins over the CRD's: it is the one that can be shown. */
export function typesOf(defined: readonly ResourceInfo[], shelves: readonly Shelf[]): ResourceInfo[] {
  const recorded = new Map(shelves.filter((shelf) => shelf.type.kind !== '').map((shelf) => [resourceName(shelf.type), shelf.type]))
  const custom = new Map(defined.map((type) => [resourceName(type), type]))
  for (const [name, type] of recorded) {
    const known = custom.get(name)
    custom.set(name, known ? { ...known, apiVersion: `${groupOf(known.apiVersion)}/${versionOf(type.apiVersion)}` } : type)
  }
  const builtins = RESOURCES.filter((type) => type.plural !== 'events' || groupOf(type.apiVersion) === '').filter(
    (type) => groupOf(type.apiVersion) !== 'gateway.networking.k8s.io' || custom.has(resourceName(type)),
  )
  const names = new Set(builtins.map(resourceName))
  return [...builtins, ...[...custom].filter(([name]) => !names.has(name)).map(([, type]) => type)]
}
