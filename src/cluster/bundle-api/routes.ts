import type { BundleReader } from '../bundle/open.ts'
import { byNamespaceAndName, groupOf, ReadError, resourceName, type KubeObject, type ResourceInfo } from '../reader.ts'
import { builtin } from '../resources.ts'
import { formOf, type Form } from './accept.ts'
import { createDiscovery } from './discovery.ts'
import { podLog } from './logs.ts'
import { badRequest, notFound, readOnly, StatusError } from './status.ts'
import { tableOf } from './table.ts'

export interface Answer {
  body: object | string
  contentType: string
}

const JSON_TYPE = 'application/json'
const UNKNOWN = 'the server could not find the requested resource'
/** Subresources that act on the running thing, of which a bundle has none. */
const ACTING = new Set([
  'exec',
  'attach',
  'portforward',
  'proxy',
  'eviction',
  'binding',
  'ephemeralcontainers',
  'resize',
  'token',
  'scale',
  'finalize',
])

/** The paths of the API: what is asked for is told by the path, how by the Accept header. */
export function createRoutes(reader: BundleReader, types: readonly ResourceInfo[]) {
  const discovery = createDiscovery(types)
  const served = new Map(types.map((type) => [`${type.apiVersion}/${type.plural}`, type]))

  return async (path: string, query: URLSearchParams, accept: string | undefined): Promise<Answer> => {
    const parts = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
    const [root = ''] = parts
    if (root === 'api' || root === 'apis') {
      const depth = root === 'api' ? 2 : 3
      if (parts.length <= depth) return discover(parts, accept)
      const apiVersion = parts.slice(1, depth).join('/')
      return resource(apiVersion, parts.slice(depth), query, accept)
    }
    return { body: service(path), contentType: JSON_TYPE }
  }

  function discover(parts: readonly string[], accept: string | undefined): Answer {
    const [root, group = '', version] = parts
    if (parts.length === 1) {
      const form = formOf(accept, ['APIGroupDiscoveryList'])
      const aggregated = form?.as === 'APIGroupDiscoveryList' ? form.version : null
      return { body: discovery.root(root as 'api' | 'apis', aggregated), contentType: form?.contentType ?? JSON_TYPE }
    }
    const body =
      root === 'api' ? discovery.version(group) : version === undefined ? discovery.group(group) : discovery.version(`${group}/${version}`)
    if (!body) throw notFound(UNKNOWN)
    return { body, contentType: JSON_TYPE }
  }

  function service(path: string): object | string {
    switch (path.replace(/\/$/, '')) {
      case '/version':
        return reader.serverVersion ?? { major: '', minor: '', gitVersion: 'v0.0.0-not-recorded', platform: '' }
      case '/healthz':
      case '/livez':
      case '/readyz':
        return 'ok'
      case '/openapi/v2':
        return { swagger: '2.0', info: { title: reader.title, version: '' }, paths: {}, definitions: {} }
      case '/openapi/v3':
        return { paths: {} }
      default:
        throw notFound(UNKNOWN)
    }
  }

  async function resource(
    apiVersion: string,
    parts: readonly string[],
    query: URLSearchParams,
    accept: string | undefined,
  ): Promise<Answer> {
    const { namespace, plural, name, subresource } = split(apiVersion, parts)
    const type = served.get(`${apiVersion}/${plural}`)
    if (!type || (namespace !== null && !type.namespaced)) throw notFound(UNKNOWN)
    if (query.get('watch') === 'true' || query.get('watch') === '1') throw readOnly('a watch is not possible')
    if (subresource !== null && ACTING.has(subresource)) throw readOnly(`${subresource} is not possible`)
    if (name === null) return list(type, namespace, query, formFor(accept, ['Table', 'PartialObjectMetadataList']))
    if (type.namespaced && namespace === null) throw notFound(UNKNOWN)

    const object = await reader.get(type, namespace, name)
    if (!object)
      throw notFound(`${resourceName(type)} "${name}" not found`, { name, group: groupOf(type.apiVersion) || undefined, kind: type.plural })
    if (subresource === 'log' && type.plural === 'pods') return { body: await podLog(reader, object, query), contentType: 'text/plain' }
    if (subresource !== null && subresource !== 'status') throw notFound(UNKNOWN)
    const form = formFor(accept, ['Table', 'PartialObjectMetadata'])
    if (form.as === 'Table') return { body: await table([object], {}, type, query, form), contentType: form.contentType }
    return { body: form.as === 'object' ? object : metadataOf(object, form), contentType: form.contentType }
  }

  async function list(type: ResourceInfo, namespace: string | null, query: URLSearchParams, form: Form): Promise<Answer> {
    const all = await reader.list(type, {
      ...(namespace !== null && { namespace }),
      labelSelector: query.get('labelSelector') ?? '',
      fieldSelector: query.get('fieldSelector') ?? '',
    })
    // Events are read in the order in which they happened; the rest by name, as from etcd.
    const { items, metadata } = page(type.kind === 'Event' ? all.toSorted(byTime) : all, query)
    if (form.as === 'Table') return { body: await table(items, metadata, type, query, form), contentType: form.contentType }
    if (form.as === 'object')
      return { body: { kind: `${type.kind}List`, apiVersion: type.apiVersion, metadata, items }, contentType: JSON_TYPE }
    const partial = items.map((item) => metadataOf(item, form))
    const body = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.version}`, metadata, items: partial }
    return { body, contentType: form.contentType }
  }

  async function table(items: KubeObject[], metadata: object, type: ResourceInfo, query: URLSearchParams, form: Form): Promise<object> {
    const asked = query.get('includeObject')
    return tableOf(items, metadata, {
      type,
      crd: await definitionOf(type),
      now: await reader.now(),
      includeObject: asked === 'None' || asked === 'Object' ? asked : 'Metadata',
      apiVersion: form.as === 'object' ? 'meta.k8s.io/v1' : `${form.group}/${form.version}`,
    })
  }

  async function definitionOf(type: ResourceInfo): Promise<KubeObject | null> {
    if (!groupOf(type.apiVersion).includes('.')) return null
    return reader.get(builtin('CustomResourceDefinition'), null, resourceName(type)).catch((error: unknown) => {
      if (error instanceof ReadError) return null
      throw error
    })
  }
}

function formFor(accept: string | undefined, forms: readonly string[]): Form {
  const form = formOf(accept, forms)
  if (!form) throw new StatusError(406, 'NotAcceptable', 'only application/json is served')
  return form
}

/** `[namespaces/<ns>/]<plural>[/<name>[/<subresource>]]`; a Namespace itself is `namespaces/<name>`. */
function split(apiVersion: string, parts: readonly string[]) {
  const [first, second, third] = parts
  const inNamespace =
    first === 'namespaces' && third !== undefined && !(apiVersion === 'v1' && (third === 'status' || third === 'finalize'))
  const [plural = '', name = null, subresource = null, ...rest] = inNamespace ? parts.slice(2) : parts
  if (rest.length > 0 && subresource !== 'proxy') throw notFound(UNKNOWN)
  return { namespace: inNamespace ? second! : null, plural, name, subresource }
}

/** `limit` and `continue`: the token is the number of objects already given. */
function page(all: KubeObject[], query: URLSearchParams): { items: KubeObject[]; metadata: object } {
  const [from, limit] = [Number(query.get('continue') || 0), Number(query.get('limit') || 0)]
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(limit) || from < 0 || limit < 0)
    throw badRequest('limit and continue must be numbers')
  const end = limit === 0 ? all.length : from + limit
  const more = all.length - end
  return {
    items: all.slice(from, end),
    metadata: { resourceVersion: '1', ...(more > 0 && { continue: String(end), remainingItemCount: more }) },
  }
}

const lastSeen = (event: KubeObject): string =>
  event['series']?.lastObservedTime ?? event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp ?? ''

function byTime(a: KubeObject, b: KubeObject): number {
  const [seenA, seenB] = [lastSeen(a), lastSeen(b)]
  return seenA === seenB ? byNamespaceAndName(a, b) : seenA < seenB ? -1 : 1
}

const metadataOf = ({ metadata }: KubeObject, form: Form): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${form.as === 'object' ? 'v1' : form.version}`,
  metadata,
})
