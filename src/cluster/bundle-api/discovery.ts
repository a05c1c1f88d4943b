import { groupOf, versionOf, type ResourceInfo } from '../reader.ts'

/**
 * How clients learn what an API server serves. kubectl asks `/api` and `/apis` for everything at once (aggregated discovery) and understands
 * the older answers, a document a group and version, too; other clients know only those.
 */
export interface Discovery {
  /** `/api` and `/apis`; `aggregated` is the version of apidiscovery.k8s.io that was asked for, null for the old form. */
  root(path: 'api' | 'apis', aggregated: string | null): object
  /** `/apis/<group>`; null when there is no such group. */
  group(name: string): object | null
  /** `/api/v1`, `/apis/<group>/<version>`; null when it is not served. */
  version(apiVersion: string): object | null
}

const VERBS = ['get', 'list']

export function createDiscovery(types: readonly ResourceInfo[]): Discovery {
  const groups = new Map<string, Map<string, ResourceInfo[]>>()
  for (const type of types) {
    const [group, version] = [groupOf(type.apiVersion), versionOf(type.apiVersion)]
    const versions = groups.get(group) ?? new Map<string, ResourceInfo[]>()
    groups.set(group, versions.set(version, [...(versions.get(version) ?? []), type]))
  }
  const named = [...groups].filter(([group]) => group !== '')

  return {
    root(path, aggregated) {
      if (aggregated) return aggregatedGroups(path === 'api' ? [...groups].filter(([group]) => group === '') : named, aggregated)
      if (path === 'api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(([group, versions]) => groupEntry(group, [...versions.keys()])) }
    },
    group(name) {
      const versions = name === '' ? undefined : groups.get(name)
      return versions ? { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(name, [...versions.keys()]) } : null
    },
    version(apiVersion) {
      const resources = groups.get(groupOf(apiVersion))?.get(versionOf(apiVersion))
      return resources
        ? { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: resources.flatMap(legacyEntries) }
        : null
    },
  }
}

function groupEntry(name: string, versions: readonly string[]): { name: string; versions: object[]; preferredVersion: object | undefined } {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: all, preferredVersion: all[0] }
}

function legacyEntries({ plural, singular, kind, namespaced, shortNames, categories }: ResourceInfo): object[] {
  const entry = { name: plural, singularName: singular, namespaced, kind, verbs: VERBS, shortNames, categories }
  return plural === 'pods' ? [entry, { name: 'pods/log', singularName: '', namespaced: true, kind: 'Pod', verbs: ['get'] }] : [entry]
}

function aggregatedGroups(groups: [string, Map<string, ResourceInfo[]>][], version: string): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(([name, versions]) => ({
      metadata: { name, creationTimestamp: null },
      versions: [...versions].map(([version, types]) => ({ version, freshness: 'Current', resources: types.map(aggregatedEntry) })),
    })),
  }
}

function aggregatedEntry({ apiVersion, plural, singular, kind, namespaced, shortNames, categories }: ResourceInfo): object {
  const responseKind = { group: groupOf(apiVersion), version: versionOf(apiVersion), kind }
  return {
    resource: plural,
    responseKind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: VERBS,
    shortNames,
    categories,
    ...(plural === 'pods' && { subresources: [{ subresource: 'log', responseKind, verbs: ['get'] }] }),
  }
}
