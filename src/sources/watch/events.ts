import { fingerprint } from '#alert'
import type { KubeObject } from '#cluster'
import { redact } from '#kit/redact'
import type { EventFilter } from '#kinds/kubernetes-source'
import { ALERTNAMES, MAX_NAMED, type Sick } from './sick.ts'
import { ownWorkload, workloadOf, type Workload } from './workload.ts'

/**
 * Alerts from Events of type Warning. An Event is a counter and not a happening: who tells the same again raises `count` and
 * `lastTimestamp` (core/v1), or `series.count` and `series.lastObservedTime` (events.k8s.io, which leaves the others empty). So this is
 * level-based, too: a reason is ill while one of its Events was told within `resolveAfter`, and no repeat is ever counted twice.
 */

/** Kinds whose owners are watched; one of them that is gone takes its Events with it. */
export const OWNED_KINDS = ['Pod', 'ReplicaSet', 'Job'] as const
export type OwnedKind = (typeof OWNED_KINDS)[number]

const MAX_MESSAGE = 256

/** What the server leaves out by itself; a field takes one value. */
export const eventSelector = ({ reasons, kinds }: EventFilter): string =>
  ['type=Warning', only('reason', reasons), only('involvedObject.kind', kinds)].filter(Boolean).join(',')

const only = (field: string, values: readonly string[] | undefined): string =>
  values?.length === 1 && /^[\w.-]+$/.test(values[0]!) ? `${field}=${values[0]}` : ''

/** What of an Event is kept: about whom, why, how often, and when last; of one that does not count nothing. */
export function pruneEvent(object: KubeObject, { reasons, kinds }: EventFilter, withNodes: boolean): KubeObject {
  const { apiVersion, kind, metadata, involvedObject: about, reason, type, message } = object
  const { name, namespace, uid, resourceVersion } = metadata
  const kept: KubeObject = {
    apiVersion,
    kind,
    metadata: { name, ...(namespace && { namespace }), uid, resourceVersion } as KubeObject['metadata'],
  }
  const counts =
    type === 'Warning' &&
    about?.kind &&
    about.name &&
    (withNodes || about.namespace) &&
    (!reasons || reasons.includes(reason)) &&
    (!kinds || kinds.includes(about.kind))
  if (!counts) return kept
  return {
    ...kept,
    about: { kind: about.kind, name: about.name, ...(about.namespace && { namespace: about.namespace }) },
    reason: reason || 'Unknown',
    message: typeof message === 'string' ? message.slice(0, MAX_MESSAGE) : '',
    count: object.series?.count ?? object.count ?? 1,
    last: lastOf(object),
  }
}

/** When it was told last, epoch milliseconds. */
const lastOf = ({ series, lastTimestamp, eventTime, firstTimestamp, metadata }: KubeObject): number =>
  Math.max(
    0,
    ...[series?.lastObservedTime, lastTimestamp, eventTime, firstTimestamp, metadata.creationTimestamp]
      .map((time) => Date.parse(time ?? ''))
      .filter(Number.isFinite),
  )

/** Whom an object belongs to; null: it is gone. */
export function ownersOf(
  lists: Readonly<Partial<Record<OwnedKind, readonly KubeObject[]>>>,
): (about: KubeObject['about']) => Workload | null {
  const known = new Map<string, KubeObject>()
  for (const kind of OWNED_KINDS)
    for (const object of lists[kind] ?? []) known.set(`${kind} ${object.metadata.namespace}/${object.metadata.name}`, object)
  return (about) => {
    if (!(OWNED_KINDS as readonly string[]).includes(about.kind)) return ownWorkload(about)
    const object = known.get(`${about.kind} ${about.namespace}/${about.name}`)
    return object ? workloadOf(object) : null
  }
}

/** One alert a workload and reason, and when time alone changes that (epoch milliseconds). */
export function findTold(
  events: readonly KubeObject[],
  owner: (about: KubeObject['about']) => Workload | null,
  { resolveAfterMs, minCount }: { resolveAfterMs: number; minCount: number },
  now: number,
): { sick: Map<string, Sick>; until: number } {
  const sick = new Map<string, Sick>()
  const counts = new Map<string, { count: number; last: number }>()
  let until = Infinity
  for (const { about, reason, message, count, last } of events) {
    if (!about || last + resolveAfterMs <= now) continue
    const whose = owner(about)
    if (!whose) continue
    until = Math.min(until, last + resolveAfterMs)
    const labels = { alertname: ALERTNAMES.WarningEvent, ...whose.labels, reason, severity: 'warning' }
    const key = fingerprint(labels)
    const one: Sick = sick.get(key) ?? {
      problem: 'WarningEvent',
      fingerprint: key,
      labels,
      group: whose.group,
      isIll: false,
      message: '',
      objects: [],
    }
    const told = counts.get(key) ?? { count: 0, last: 0 }
    if (last >= told.last) one.message = redact(message)
    const name = `${about.kind} ${about.name}`
    if (one.objects.length < MAX_NAMED && !one.objects.includes(name)) one.objects.push(name)
    counts.set(key, { count: told.count + count, last: Math.max(told.last, last) })
    sick.set(key, one)
  }
  // What is told too seldom begins no alert, and ends none that has begun.
  for (const [key, one] of sick) one.isIll = counts.get(key)!.count >= minCount
  return { sick, until }
}
