import { groupOf, resourceName, type ResourceInfo } from '../reader.ts'
import { RESOURCES } from '../resources.ts'

/** Every group and resource in two answers. Servers before 1.27 do not know it and answer in the old form. */
const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

type GetJson = (path: string, accept: string) => Promise<any>

/** The built-in types, and the custom ones of which the server lists objects, each in the version that it prefers. */
export async function discoverTypes(get: GetJson): Promise<ResourceInfo[]> {
  const answer = await get('/apis', AGGREGATED)
  const served = answer.kind === 'APIGroupDiscoveryList' ? fromAggregated(answer) : await fromGroups(answer, get)
  const known = new Set(RESOURCES.map(resourceName))
  return [...RESOURCES, ...served.filter((type) => !known.has(resourceName(type)))]
}

/** Reviews and the like are only made. */
const isListed = ({ verbs }: { verbs?: string[] }): boolean => verbs === undefined || verbs.includes('list')

function fromAggregated(answer: any): ResourceInfo[] {
  return (answer.items ?? []).flatMap(({ metadata, versions }: any) => {
    const preferred = versions?.[0]
    return (preferred?.resources ?? []).filter(isListed).map((resource: any): ResourceInfo => ({
      apiVersion: `${metadata.name}/${preferred.version}`,
      kind: resource.responseKind?.kind ?? '',
      plural: resource.resource,
      namespaced: resource.scope === 'Namespaced',
      singular: resource.singularResource ?? '',
      shortNames: resource.shortNames ?? [],
      categories: resource.categories ?? [],
    }))
  })
}

const BUILTIN_GROUPS = new Set(RESOURCES.map((type) => groupOf(type.apiVersion)))

async function fromGroups(answer: any, get: GetJson): Promise<ResourceInfo[]> {
  const types: ResourceInfo[] = []
  for (const { name, preferredVersion } of answer.groups ?? []) {
    if (BUILTIN_GROUPS.has(name) || !preferredVersion) continue
    const { resources = [] } = await get(`/apis/${preferredVersion.groupVersion}`, 'application/json')
    for (const { name: plural, kind, namespaced, singularName, shortNames = [], categories = [] } of resources.filter(isListed)) {
      if (plural.includes('/')) continue
      types.push({
        apiVersion: preferredVersion.groupVersion,
        kind,
        plural,
        namespaced,
        singular: singularName || kind.toLowerCase(),
        shortNames,
        categories,
      })
    }
  }
  return types
}
