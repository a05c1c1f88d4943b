import type { ClusterReader, KubeObject, ResourceType } from '#cluster'
import type { Evidence } from '#kinds/result'

/** What a reader no longer shows. Each test is asked for each object or log. */
export interface Taken {
  object?: (object: KubeObject) => boolean
  log?: (namespace: string, container: string, pod: string) => boolean
  /** Whose history is forgotten: earlier revisions and who wrote what when. */
  history?: (object: KubeObject) => boolean
  /** Of the conditions in an object's status, by what they say. */
  said?: (message: string) => boolean
}

/** The same cluster with something taken away. */
export function mutatedReader(reader: ClusterReader, taken: Taken): ClusterReader {
  const forget = (object: KubeObject): KubeObject => {
    const past = taken.history?.(object) ? { metadata: { ...object.metadata, managedFields: [] } } : {}
    const conditions = object.status?.conditions
    if (!taken.said || !Array.isArray(conditions)) return { ...object, ...past }
    return { ...object, ...past, status: { ...object.status, conditions: conditions.filter(({ message }) => !taken.said!(message ?? '')) } }
  }
  const isGone = (object: KubeObject): boolean => taken.object?.(object) === true || (taken.history?.(object) === true && isEarlier(object))
  return {
    title: reader.title,
    oddities: reader.oddities,
    list: async (type, options) => (await reader.list(type, options)).filter((object) => !isGone(object)).map(forget),
    get: async (type: ResourceType, namespace, name, signal) => {
      const found = await reader.get(type, namespace, name, signal)
      return found && !isGone(found) ? forget(found) : null
    },
    logs: async (request, signal) => (taken.log?.(request.namespace, request.container, request.pod) ? null : reader.logs(request, signal)),
    now: () => reader.now(),
    types: () => reader.types(),
    close: () => reader.close(),
  }
}

/** A ReplicaSet without pods, a revision: kept only to tell what was before. */
const isEarlier = (object: KubeObject): boolean =>
  object.kind === 'ControllerRevision' || (object.kind === 'ReplicaSet' && object.spec?.replicas === 0)

const placeOf = ({ kind, metadata: { namespace, name } }: KubeObject): string =>
  [kind.charAt(0).toLowerCase() + kind.slice(1), namespace, name].filter(Boolean).join('/')

const ownerName = (pod: KubeObject): string => pod.metadata.ownerReferences?.[0]?.name ?? pod.metadata.name

/**
 * Everything that the evidence cites, and what says the very same beside it: a line of one of three replicas proves no less when the others
 * say it too. A log is taken from all pods of that container, an event with its like about the same kind and with the conditions that repeat it,
 * a pod with its siblings. `spare` are places that stay.
 */
export function takenFrom(
  evidence: readonly Evidence[],
  events: readonly KubeObject[],
  pods: readonly KubeObject[],
  spare: ReadonlySet<string>,
): Taken {
  const cited = evidence.filter(({ ref, source }) => source !== 'object' || !spare.has(ref))
  const logs = new Set(cited.filter(({ source }) => source === 'log').map(({ ref }) => logOf(ref)))
  const kinds = new Set(events.filter((event) => cited.some(({ ref }) => ref === placeOf(event))).map(likeness))
  const objects = new Set(cited.filter(({ source }) => source === 'object').map(({ ref }) => ref))
  const families = new Set(pods.filter((pod) => objects.has(placeOf(pod))).map((pod) => `${pod.metadata.namespace}/${ownerName(pod)}`))
  const words = cited.filter(({ source }) => source === 'event').map(({ text }) => plain(text))
  const histories = cited.some(({ source }) => source === 'change')
  return {
    object: (object) =>
      object.kind === 'Event'
        ? kinds.has(likeness(object))
        : objects.has(placeOf(object)) || (object.kind === 'Pod' && families.has(`${object.metadata.namespace}/${ownerName(object)}`)),
    log: (namespace, container) => logs.has(`${namespace}/${container}`),
    // Evidence is cut off where it gets long.
    said: (message) => message !== '' && words.some((text) => text.includes(plain(message).slice(0, 100))),
    ...(histories && { history: () => true }),
  }
}

/** `log/shop/payments-5c/payments#previous` → `shop/payments`. */
function logOf(ref: string): string {
  const [, namespace = '', , container = ''] = ref.split('/')
  return `${namespace}/${container.replace(/#.*$/, '')}`
}

/** Without the names in it, which differ from replica to replica. */
const plain = (text: string): string => text.replaceAll(/"[^"]*"/g, '""')

const likeness = (event: KubeObject): string => [event.metadata.namespace, event['involvedObject']?.kind, event['reason']].join('/')
