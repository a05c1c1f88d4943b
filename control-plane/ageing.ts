import { hostname } from 'node:os'
import type { Json } from './api.ts'
import type { Change, Etcd } from './etcd.ts'
import { prolonged, type Troubled } from './prolong.ts'
import type { Timeline } from './timeline.ts'

const TIMESTAMP = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z)?$/
const DAY = 86_400_000

export interface AgeingOptions {
  runStartedAt: number
  /** The end of virtual time. */
  now: number
  eventTtlMs: number
  troubled: Troubled
}

/**
 * Moves a whole cluster into virtual time: every timestamp that the API server or a controller wrote by the real clock becomes the virtual moment
 * of the write that brought it. Timestamps that are older than the run were already virtual (the simulated kubelet's) and stay.
 * The API server must see no writer any more; it follows the rewriting through its own watch of etcd.
 */
export async function ageCluster(etcd: Etcd, timeline: Timeline, options: AgeingOptions): Promise<number> {
  const history = await etcd.history(await etcd.revision())
  let changed = 0
  for (const [key, changes] of byKey(history)) {
    const last = changes.at(-1)
    if (!last || last.value === null || !last.value.startsWith('{')) continue
    const isEvent = key.startsWith('/registry/events/')
    if (isEvent && isCombined(JSON.parse(last.value))) {
      await etcd.remove(key)
      const apart = takeApart(changes, timeline, options.runStartedAt).filter(
        (event) => lastSeen(event) >= options.now - options.eventTtlMs,
      )
      for (const event of apart)
        await etcd.put(key.slice(0, key.lastIndexOf('/') + 1) + event.metadata.name, JSON.stringify(event), last.lease)
      continue
    }
    const moved = ageObject(changes, timeline, options.runStartedAt)
    const aged = isEvent ? prolonged(moved, options.now, options.troubled) : moved
    if (isEvent && lastSeen(aged) < options.now - options.eventTtlMs) {
      await etcd.remove(key)
      continue
    }
    const text = anonymous(JSON.stringify(aged))
    const target = isEvent ? renamed(key, aged, text) : { key, text }
    if (target.key !== key) await etcd.remove(key)
    if (target.key !== key || target.text !== last.value) {
      await etcd.put(target.key, target.text, last.lease)
      changed++
    }
  }
  return changed
}

/** Keys in the order of their last change, so that resource versions keep their order. */
function byKey(history: readonly Change[]): [string, Change[]][] {
  const keys = new Map<string, Change[]>()
  for (const change of history) {
    const before = keys.get(change.key) ?? []
    keys.delete(change.key)
    // A deletion ends one object's history; what follows under the key is another object.
    keys.set(change.key, change.value === null ? [change] : [...(before.at(-1)?.value === null ? [] : before), change])
  }
  return [...keys]
}

interface Seen {
  raw: string
  aged: string
  witness: string
}

/** Two writes within one real second leave the same text; what stands beside a timestamp then tells whether it was set anew. */
const SET_WITH: Record<string, readonly string[]> = {
  lastTransitionTime: ['status'],
  lastUpdateTime: ['status', 'reason', 'message'],
  lastTimestamp: ['count'],
  lastObservedTime: ['count'],
  time: ['fieldsV1'],
}
const witnessOf = (key: string, parent: Json) => JSON.stringify((SET_WITH[key] ?? []).map((name) => parent[name]))

/** The last state of an object with its timestamps moved; which write brought a timestamp is seen where it first stood at its place. */
export function ageObject(changes: readonly Change[], timeline: Timeline, runStartedAt: number): Json {
  let known = new Map<string, Seen>()
  let result: Json = null
  for (const { value, revision } of changes) {
    if (value === null || !value.startsWith('{')) continue
    const now = new Map<string, Seen>()
    result = mapStrings(JSON.parse(value), '', (raw, path, key, parent) => {
      if (!TIMESTAMP.test(raw) || Date.parse(raw) + (raw.length === 10 ? DAY : 0) < runStartedAt) return raw
      const before = known.get(path)
      const witness = witnessOf(key, parent)
      const same = before?.raw === raw && (before.witness === witness || (key === 'time' && isPart(witness, before.witness)))
      const aged = same ? before.aged : like(raw, timeline.at(revision))
      now.set(path, { raw, aged, witness })
      return aged
    })
    known = now
  }
  return ownTimes(result)
}

/** A manager's entry does not get a new time when others take its fields over. */
function isPart(witness: string, before: string): boolean {
  const within = (one: Json, other: Json): boolean => {
    if (typeof one !== 'object' || one === null) return one === other
    if (typeof other !== 'object' || other === null) return false
    return Object.entries(one).every(([name, value]) => name in other && within(value, other[name]))
  }
  return within(JSON.parse(witness), JSON.parse(before))
}

/** An event of the simulated kubelets is posted at the end, all of its counts at once: it was made when it first happened. */
function ownTimes(object: Json): Json {
  if (object?.kind !== 'Event' || object.source?.component !== 'kubelet') return object
  object.metadata.creationTimestamp = object.firstTimestamp
  for (const field of object.metadata.managedFields ?? []) field.time = object.lastTimestamp
  return object
}

const COMBINED = '(combined from similar events): '
/** A warning that is repeated with other words is combined in a real cluster, too. */
const isCombined = (event: Json) => event.type === 'Normal' && event.message?.startsWith(COMBINED)

/**
 * A controller's recorder combines ten similar events within ten minutes. Roll-outs that were days apart in virtual time were seconds apart for it,
 * so they are told apart again: every write of the combined event was one event.
 */
function takeApart(changes: readonly Change[], timeline: Timeline, runStartedAt: number): Json[] {
  return changes.map((change, index) => {
    const event = ageObject([change], timeline, runStartedAt)
    const at = timeline.at(change.revision)
    const time = `${new Date(at).toISOString().slice(0, 19)}Z`
    const stem = event.metadata.name.replace(/\.[0-9a-f]{15,17}$/, '')
    const name = `${stem}.${(BigInt(at) * 1_000_000n + BigInt(index * 7919 + 15_485_863)).toString(16)}`
    const uid = event.metadata.uid.slice(0, -4) + (0x1000 + index).toString(16)
    for (const field of event.metadata.managedFields ?? []) field.time = time
    const metadata = { ...event.metadata, name, uid, creationTimestamp: time }
    return { ...event, metadata, message: event.message.replace(COMBINED, ''), firstTimestamp: time, lastTimestamp: time, count: 1 }
  })
}

function lastSeen(event: Json): number {
  return Date.parse(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp)
}

/** Event names end in the nanoseconds of their first time, in hexadecimal. */
function renamed(key: string, event: Json, text: string): { key: string; text: string } {
  const name: string = event.metadata.name
  const stem = name.replace(/\.[0-9a-f]{15,17}$/, '')
  if (stem === name || event.source?.component === 'kubelet') return { key, text }
  const first = Date.parse(event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp)
  const nanos = BigInt(first) * 1_000_000n + (BigInt(`0x${name.slice(stem.length + 1)}`) % 1_000_000_000n)
  const fresh = `${stem}.${nanos.toString(16)}`
  return { key: key.slice(0, -name.length) + fresh, text: text.replace(`"name":"${name}"`, `"name":"${fresh}"`) }
}

/** The scheduler signs its events with the name of the machine it runs on. */
const anonymous = (text: string) =>
  text.replace(`"reportingInstance":"default-scheduler-${hostname()}"`, '"reportingInstance":"default-scheduler-control-plane-1"')

function like(raw: string, at: number): string {
  const iso = new Date(at).toISOString()
  if (raw.length === 10) return iso.slice(0, 10)
  const digits = /\.(\d+)Z$/.exec(raw)?.[1]?.length ?? 0
  if (digits === 0) return `${iso.slice(0, 19)}Z`
  return `${iso.slice(0, 23)}${(/\.(\d+)Z$/.exec(raw)?.[1] ?? '').slice(3)}Z`
}

type ChangeText = (text: string, path: string, key: string, parent: Json) => string

function mapStrings(value: Json, path: string, change: ChangeText): Json {
  if (typeof value !== 'object' || value === null) return value
  const mapped = (item: Json, key: string, at: string) =>
    typeof item === 'string' ? change(item, at, key, value) : mapStrings(item, at, change)
  if (Array.isArray(value)) return value.map((item, index) => mapped(item, '', `${path}/${identity(item) ?? index}`))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, key, `${path}/${key}`)]))
}

/** Lists are re-ordered by those who write them; an element is known by what it is called. */
function identity(item: Json): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  if (item.manager) return [item.manager, item.operation, item.subresource ?? ''].join(' ')
  return item.type ?? item.name ?? undefined
}
