import type { KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import type { Asked } from './asked.ts'
import { containersOf, type ContainerView } from './containers.ts'
import { newestFirst, toEvent, type KubeEvent } from './events.ts'
import { isWorkloadKind, type Kind } from './kinds.ts'
import type { MetricName, Metrics, Sample } from './metrics.ts'
import { matchesLabels } from './selectors.ts'
import { MIRROR, REVISION } from './well-known.ts'

/** What `gather` read: the only input of the rules. */
export interface SnapshotInput {
  /** The cluster's own time, ms. */
  now: number
  objects: readonly KubeObject[]
  /** Objects of kinds that Kubernetes does not bring. */
  customs: readonly KubeObject[]
  /** Custom kinds of which all objects were read, with where: `Middleware/shop`, `ClusterIssuer/*`. */
  customKinds?: ReadonlySet<string>
  /** For each kind the namespaces in which all objects were read; '*' means everywhere. A kind that is not in it was not read. */
  read: ReadonlyMap<Kind, ReadonlySet<string>>
  /** Objects that were asked for by name and are not there: `Kind/namespace/name`. */
  absent: ReadonlySet<string>
  /** Lines of logs by `logKey`. */
  logs: ReadonlyMap<string, readonly string[]>
  /** When each of these lines was written, by the program's own clock: see `lineTimes`. */
  logTimes?: ReadonlyMap<string, readonly (number | null)[]>
  metrics?: Metrics
  asked?: Asked | null
}

/** An immutable picture of the part of the cluster that was looked at, with every index that the rules need. */
export interface Snapshot {
  readonly now: number
  /** Whether all objects of a kind (in a namespace) are known: only then does a missing one mean something. */
  has(kind: Kind, namespace?: string | null): boolean
  all(kind: Kind, namespace?: string | null): readonly KubeObject[]
  /** undefined: unknown. null: known not to exist. */
  find(kind: Kind, namespace: string | null, name: string): KubeObject | null | undefined
  get(kind: Kind, namespace: string | null, name: string): KubeObject | undefined
  /** Topmost owner that a person edits: the Deployment of a pod, not its ReplicaSet. */
  workloadOf(object: KubeObject): KubeObject
  /** Every workload (topmost owner) that is known, by namespace and name. */
  readonly workloads: readonly KubeObject[]
  /** Custom resources, by kind, namespace and name. */
  readonly customs: readonly KubeObject[]
  /** Whether all objects of a custom kind in a namespace are known. */
  hasCustom(kind: string, namespace: string): boolean
  podsOf(workload: KubeObject): readonly KubeObject[]
  podsOn(node: string): readonly KubeObject[]
  /** Pods that a label map selects; an empty one selects none, as in a Service. */
  podsSelected(namespace: string, selector: Readonly<Record<string, string>> | undefined): readonly KubeObject[]
  /** Oldest revision first. */
  replicaSetsOf(deployment: KubeObject): readonly KubeObject[]
  /** Children by controller reference. */
  ownedBy(owner: KubeObject): readonly KubeObject[]
  /** Events about this very object (kind, name and UID), newest first. */
  eventsOf(object: KubeObject): readonly KubeEvent[]
  /** Every event that was read, newest first, also of objects that are gone. */
  readonly events: readonly KubeEvent[]
  /** Every container of every pod that is not finished or on its way out. */
  readonly containers: readonly ContainerView[]
  log(view: ContainerView, previous: boolean): readonly string[] | null
  /** When each of its lines was written, ms, by the program's own clock; only differences mean something. */
  logTimes(view: ContainerView, previous: boolean): readonly (number | null)[]
  /** What is conspicuous in the metrics; nothing when nobody was asked. */
  metric(name: MetricName): readonly Sample[]
  /** Whether Prometheus answered: then what it does not call conspicuous is not, whatever an alert says. */
  isMeasured(name: MetricName): boolean
  /** The alert that asks, and what about; null: nobody, or a person. */
  readonly asked: Asked | null
  /** The value that `make` gives, made at most once a snapshot: for what several rules share. */
  once<T>(name: string, make: () => T): T
}

export const logKey = (namespace: string, pod: string, container: string, previous: boolean): string =>
  `${namespace}/${pod}/${container}${previous ? '#previous' : ''}`

export const keyOf = (object: KubeObject): string => `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`
export const refKey = (ref: ObjectRef): string => `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function group<T>(items: readonly T[], keyOfItem: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of items) {
    const key = keyOfItem(one)
    if (key === undefined) continue
    const list = groups.get(key)
    if (list) list.push(one)
    else groups.set(key, [one])
  }
  return groups
}

export const ownerOf = (object: KubeObject): { apiVersion: string; kind: string; name: string; uid: string } | undefined =>
  Array.isArray(object.metadata.ownerReferences) ? object.metadata.ownerReferences.find((o) => o?.controller) : undefined

export function createSnapshot(input: SnapshotInput): Snapshot {
  const objects = [...new Map(input.objects.filter((o) => o.kind !== 'Event').map((o) => [keyOf(o), o])).values()].sort((a, b) =>
    compare(keyOf(a), keyOf(b)),
  )
  const byKey = new Map(objects.map((o) => [keyOf(o), o]))
  const byKind = group(objects, (o) => o.kind)
  const byKindAndNamespace = group(objects, (o) => `${o.kind}/${o.metadata.namespace ?? ''}`)
  const byUid = new Map(objects.filter((o) => o.metadata.uid).map((o) => [o.metadata.uid!, o]))
  const children = group(objects, (o) => ownerOf(o)?.uid)

  const workloadOf = (object: KubeObject): KubeObject => {
    let at = object
    for (let depth = 0; depth < 5; depth++) {
      const owner = ownerOf(at)
      const next = owner && (byUid.get(owner.uid) ?? byKey.get(`${owner.kind}/${object.metadata.namespace ?? ''}/${owner.name}`))
      if (!next || !isWorkloadKind(next.kind)) return at
      at = next
    }
    return at
  }
  const pods = byKind.get('Pod') ?? []
  const podsByWorkload = group(pods, (pod) => keyOf(workloadOf(pod)))
  const podsByNode = group(pods, (pod) => pod.spec?.nodeName)
  const podsByLabel = new Map<string, KubeObject[]>()
  for (const pod of pods) {
    for (const [key, value] of Object.entries(pod.metadata.labels ?? {})) {
      const label = `${pod.metadata.namespace}\0${key}\0${value}`
      const list = podsByLabel.get(label)
      if (list) list.push(pod)
      else podsByLabel.set(label, [pod])
    }
  }
  const workloads = objects.filter((o) => isWorkloadKind(o.kind) && (o.kind !== 'ReplicaSet' || !ownerOf(o)) && workloadOf(o) === o)
  const events = input.objects
    .filter((o) => o.kind === 'Event')
    .map(toEvent)
    .sort(newestFirst)
  const eventsByObject = group(events, (e) => `${e.kind}/${e.kind === 'Node' ? '' : (e.namespace ?? '')}/${e.name}`)
  for (const list of eventsByObject.values()) list.sort(newestFirst)
  const containers = pods.filter((pod) => !pod.metadata.deletionTimestamp && pod.status?.phase !== 'Succeeded').flatMap(containersOf)

  const made = new Map<string, unknown>()

  const has = (kind: Kind, namespace?: string | null): boolean => {
    const where = input.read.get(kind)
    return where !== undefined && (where.has('*') || (namespace !== undefined && namespace !== null && where.has(namespace)))
  }
  const get = (kind: Kind, namespace: string | null, name: string): KubeObject | undefined =>
    byKey.get(`${kind}/${namespace ?? ''}/${name}`)
  return {
    now: input.now,
    has,
    all: (kind, namespace) =>
      (namespace === undefined || namespace === null ? byKind.get(kind) : byKindAndNamespace.get(`${kind}/${namespace}`)) ?? [],
    get,
    find: (kind, namespace, name) =>
      get(kind, namespace, name) ?? (has(kind, namespace) || input.absent.has(`${kind}/${namespace ?? ''}/${name}`) ? null : undefined),
    workloadOf,
    workloads,
    customs: [...input.customs].sort((a, b) => compare(`${keyOf(a)} ${a.apiVersion}`, `${keyOf(b)} ${b.apiVersion}`)),
    hasCustom: (kind, namespace) => input.customKinds?.has(`${kind}/${namespace}`) || input.customKinds?.has(`${kind}/*`) || false,
    podsOf: (workload) => podsByWorkload.get(keyOf(workload)) ?? [],
    podsOn: (node) => podsByNode.get(node) ?? [],
    podsSelected(namespace, selector) {
      const pairs = Object.entries(selector ?? {})
      if (pairs.length === 0) return []
      const lists = pairs.map(([key, value]) => podsByLabel.get(`${namespace}\0${key}\0${value}`) ?? [])
      const shortest = lists.reduce((a, b) => (b.length < a.length ? b : a))
      return shortest.filter((pod) => matchesLabels(selector!, pod.metadata.labels))
    },
    replicaSetsOf: (deployment) =>
      (children.get(deployment.metadata.uid ?? '-') ?? [])
        .filter((o) => o.kind === 'ReplicaSet')
        .sort((a, b) => revisionOf(a) - revisionOf(b) || compare(a.metadata.name, b.metadata.name)),
    ownedBy: (owner) => children.get(owner.metadata.uid ?? '-') ?? [],
    eventsOf: (object) => (eventsByObject.get(keyOf(object)) ?? []).filter((e) => isAbout(e, object)),
    events,
    containers,
    asked: input.asked ?? null,
    metric: (name) => input.metrics?.get(name) ?? [],
    isMeasured: (name) => input.metrics?.has(name) ?? false,
    log: (view, previous) => input.logs.get(logKey(view.pod.metadata.namespace ?? '', view.pod.metadata.name, view.name, previous)) ?? null,
    logTimes: (view, previous) =>
      input.logTimes?.get(logKey(view.pod.metadata.namespace ?? '', view.pod.metadata.name, view.name, previous)) ?? [],
    once<T>(name: string, make: () => T): T {
      if (!made.has(name)) made.set(name, make())
      return made.get(name) as T
    },
  }
}

export const revisionOf = (object: KubeObject): number => Number(object.metadata.annotations?.[REVISION] ?? 0)

/** The kubelet writes a node's name, and a static pod's hash, where the UID belongs. */
function isAbout(event: KubeEvent, object: KubeObject): boolean {
  if (event.uid === '' || !object.metadata.uid || object.kind === 'Node') return true
  return event.uid === object.metadata.uid || event.uid === object.metadata.annotations?.[MIRROR]
}
