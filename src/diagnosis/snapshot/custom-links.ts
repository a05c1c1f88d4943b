import { groupOf, refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { badState, type BadState } from './custom-state.ts'
import { isKind, KINDS } from './kinds.ts'
import { leavesOf } from './leaves.ts'
import { keyOf, refKey, type Snapshot } from './snapshot.ts'

/** A custom resource that says that something is wrong with it. */
export interface Unwell {
  object: KubeObject
  state: BadState
}

/** By key; made once a snapshot. */
export const unwellCustoms = (snapshot: Snapshot): ReadonlyMap<string, Unwell> =>
  snapshot.once(
    'unwell-customs',
    () =>
      new Map(
        snapshot.customs.flatMap((object): [string, Unwell][] => {
          const state = badState(object)
          return state ? [[keyOf(object), { object, state }]] : []
        }),
      ),
  )

const byUid = (snapshot: Snapshot): ReadonlyMap<string, KubeObject> =>
  snapshot.once('customs-by-uid', () => new Map(snapshot.customs.map((o) => [o.metadata.uid ?? '', o])))

/** The custom resource that an object was made by; undefined when it was made by a person or a workload. */
export function customOwner(snapshot: Snapshot, object: KubeObject): KubeObject | undefined {
  const owners = object.metadata.ownerReferences
  const claim = object.spec?.claimRef
  // What Crossplane composes for a claim names it in a field: an owner may not be of a namespace.
  if (!Array.isArray(owners) && typeof claim?.name === 'string' && !isKind(object.kind))
    return snapshot.customs.find((o) => o.kind === claim.kind && o.metadata.name === claim.name && o.metadata.namespace === claim.namespace)
  return Array.isArray(owners) ? owners.map((o) => byUid(snapshot).get(o?.uid)).find((o) => o !== undefined) : undefined
}

/** The one at the top of the chain of custom owners: what a person wrote. Itself when nobody owns it. */
export function customTop(snapshot: Snapshot, object: KubeObject): KubeObject {
  let at = object
  for (let depth = 0; depth < 6; depth++) {
    const owner = customOwner(snapshot, at)
    if (!owner || owner === at) return at
    at = owner
  }
  return at
}

/** Custom resources that one names: `issuerRef: {kind, name}`, `secretStoreRef: {name}`, a label of its own group that holds a name. */
export function customsNamed(snapshot: Snapshot, object: KubeObject): KubeObject[] {
  const { namespace = null } = object.metadata
  const names = snapshot.once('customs-by-name', () => {
    const map = new Map<string, KubeObject[]>()
    for (const o of snapshot.customs) map.set(o.metadata.name, [...(map.get(o.metadata.name) ?? []), o])
    return map
  })
  const found = new Set<KubeObject>()
  const leaves = leavesOf(object.spec ?? {}, '')
  const kinds = new Map(leaves.filter((l) => l.key === 'kind').map((l) => [parentOf(l.field), l.value]))
  for (const leaf of leaves)
    for (const other of names.get(leaf.value) ?? []) {
      if (other === object || (other.metadata.namespace !== undefined && !isNear(other, object, leaves))) continue
      const kind = kinds.get(parentOf(leaf.field))
      const word = (leaf.key === 'name' ? lastOf(parentOf(leaf.field)) : leaf.key).toLowerCase().replace(/(?:ref|name|s)+$/, '')
      if (kind ? kind === other.kind : word !== '' && other.kind.toLowerCase().endsWith(word)) found.add(other)
    }
  for (const [key, value] of Object.entries(object.metadata.labels ?? {}))
    for (const other of names.get(value) ?? [])
      if (other !== object && (other.metadata.namespace ?? null) === namespace && isOfGroup(key, other)) found.add(other)
  return [...found]
}

const parentOf = (field: string): string => field.slice(0, Math.max(0, field.lastIndexOf('.')))
const lastOf = (field: string): string => field.slice(field.lastIndexOf('.') + 1).replace(/\[.*$/, '')

/** In the namespace of the one that names it, or in one that it names, too. */
const isNear = (other: KubeObject, object: KubeObject, leaves: readonly { key: string; value: string }[]): boolean =>
  other.metadata.namespace === object.metadata.namespace ||
  leaves.some((l) => l.key === 'namespace' && l.value === other.metadata.namespace)

/** Whether a label belongs to the operator of a custom resource: `strimzi.io/cluster` to `kafka.strimzi.io`. */
export function isOfGroup(label: string, { apiVersion }: KubeObject): boolean {
  const domain = label.includes('/') ? label.slice(0, label.indexOf('/')) : ''
  const group = groupOf(apiVersion)
  return domain !== '' && (group.endsWith(domain) || domain.endsWith(group))
}

/** Labels by which tools of all kinds mark what belongs to one installation. */
const INSTANCE = /^(?:app\.kubernetes\.io\/instance|argocd\.argoproj\.io\/instance)$/

/** Helm writes here which release an object belongs to. */
const HELM_RELEASE = 'meta.helm.sh/release-name'

/** Workloads that a custom resource made or keeps: by ownership, directly or through others, or by its operator's labels. */
export const workloadsKept = (snapshot: Snapshot, object: KubeObject): readonly KubeObject[] =>
  snapshot.once(`kept by ${keyOf(object)} of ${groupOf(object.apiVersion)}`, () => findKept(snapshot, object))

function findKept(snapshot: Snapshot, object: KubeObject): KubeObject[] {
  const { name } = object.metadata
  return snapshot.workloads.filter((workload) => {
    const owner = customOwner(snapshot, workload)
    if (owner) return owner === object || customTop(snapshot, owner) === object
    const labels = Object.entries(workload.metadata.labels ?? {})
    return (
      labels.some(([key, value]) => value === name && (isOfGroup(key, object) || INSTANCE.test(key))) ||
      (/helm|release/i.test(object.kind) && workload.metadata.annotations?.[HELM_RELEASE] === (object.spec?.releaseName ?? name))
    )
  })
}

/** Objects of built-in kinds that a message names with their namespace: `Deployment/shop/web`, `Job "shop/migrate"`. */
export const namedInMessages = (messages: readonly string[]): ObjectRef[] =>
  messages.flatMap((message) =>
    [...message.matchAll(/\b([A-Z][A-Za-z]+)(?:\/|:? ["'`]?)([a-z0-9][-a-z0-9]*)\/([a-z0-9][-a-z0-9.]*[a-z0-9])/g)].flatMap(
      ([, kind, namespace, name]) =>
        isKind(kind!) ? [{ apiVersion: KINDS[kind].apiVersion, kind, namespace: namespace!, name: name! }] : [],
    ),
  )

/** Objects that the status lists as being in trouble, as Argo CD's and others' do. */
export function blamedInStatus(object: KubeObject): ObjectRef[] {
  const lists = Object.values(object.status ?? {}).filter(Array.isArray) as any[][]
  return lists
    .flat()
    .filter(
      (r) =>
        typeof r?.kind === 'string' &&
        typeof r.name === 'string' &&
        /^(?:Degraded|Missing|Failed|Unhealthy)$/.test(r.health?.status ?? r.status ?? ''),
    )
    .slice(0, 10)
    .map((r) => ({
      apiVersion: [r.group, r.version ?? 'v1'].filter(Boolean).join('/'),
      kind: r.kind,
      namespace: r.namespace ?? null,
      name: r.name,
    }))
}

/** Custom resources whose spec names a Secret that they are to write: `secretName: tls`, `target: {name: db}`. */
export function makersOf(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): ObjectRef[] {
  const isTarget = (field: string): boolean =>
    kind === 'Secret' ? /secret|target|output|template/i.test(field) : /target|output|template|configMap/i.test(field)
  return snapshot.customs
    .filter(
      (o) =>
        o.metadata.namespace === namespace &&
        (leavesOf(o.spec ?? {}, 'spec').some((l) => l.value === name && isTarget(l.field)) ||
          (o.metadata.name === name && /secret/i.test(o.kind) && kind === 'Secret')),
    )
    .map(refOf)
    .sort((a, b) => (refKey(a) < refKey(b) ? -1 : 1))
}

/** Custom resources that a label of it names as the queue that lets it start, and what these name. */
export const queuesOf = (snapshot: Snapshot, { metadata: { labels = {} } }: KubeObject): ObjectRef[] =>
  snapshot.customs
    .filter((o) => Object.entries(labels).some(([key, value]) => value === o.metadata.name && isOfGroup(key, o)))
    .flatMap((queue) => [queue, ...customsNamed(snapshot, queue)])
    .map(refOf)
