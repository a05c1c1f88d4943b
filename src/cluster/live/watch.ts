import { setTimeout as sleep } from 'node:timers/promises'
import { errorText } from '#kit/errors'
import { ReadError, resourceName, type KubeObject, type ResourceType } from '../reader.ts'
import { failure, parse, pathOf } from './answer.ts'
import type { Api } from './api.ts'
import { headOf, watchEvents } from './watch-events.ts'

/**
 * The objects of one type, kept up to date in memory: a list in pages, then a watch from there on.
 *
 * A watch ends often and for many reasons: the server ends it after some minutes, restarts, is busy (429 with its own wish for
 * how long to wait), has forgotten where we were (410), or a link is cut without a word. All end in one loop: wait a little, longer
 * each time and never two processes at once, and go on from the last version seen; after a 410, or when going on failed, list anew
 * and tell the differences. What is in memory stays there meanwhile.
 *
 * client-node's informer is not used: docs/decisions/0016.
 */
export interface Watch {
  /** Resolves once the first list is in memory, rejects when the watch is closed before. It waits for as long as the server refuses: `trouble` says why. */
  readonly synced: Promise<void>
  /** By `keyOf`. Shared: never change it. */
  get(key: string): KubeObject | undefined
  /** All, in no particular order. */
  list(): KubeObject[]
  /** Why the memory may be out of date; null: it is not. */
  trouble(): WatchTrouble | null
  close(): Promise<void>
}

export interface WatchTrouble {
  /** RFC 3339; by this machine's clock. */
  since: string
  /** For people: `cannot list sources.inquest.dev: … is forbidden: …`. */
  message: string
  reason: ReadError['reason']
}

export interface WatchOptions {
  /** Only in these; absent or empty: everywhere. One list and one connection each. */
  namespaces?: readonly string[]
  /** kubectl's own syntax. */
  labelSelector?: string
  /** kubectl's own syntax, of what the kind knows: `type=Warning` of Events. */
  fieldSelector?: string
  /** What of an object is worth its memory; applied before it is kept. Must leave `metadata` with uid and resourceVersion. */
  prune?: (object: KubeObject) => KubeObject
  /** An object came, changed or went: look it up. Called for every object of the first list before `synced`. Must not throw. */
  onChange: (key: string) => void
  /** Came into or out of trouble. Must not throw. */
  onTrouble?: (trouble: WatchTrouble | null) => void
  timing?: WatchTiming
}

/** Milliseconds; for tests. */
export interface WatchTiming {
  /** The first wait after a failure; doubled each time. Default 500. */
  firstRetryMs?: number
  /** The longest. Default 30,000. */
  maxRetryMs?: number
  /** A watch that says nothing for so long is opened again; the server says something (a bookmark) about every minute. Default 90,000. */
  silentMs?: number
  /** After so long the server ends a watch by itself. Default 300,000, and up to half as much again. */
  lifetimeMs?: number
}

/** `namespace/name`; of an object without a namespace its name. */
export const keyOf = ({ metadata }: { metadata: { namespace?: string; name: string } }): string =>
  metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name

const PAGE = 500
/** 500,000 objects; a list that goes on beyond them is a fault. */
const MAX_PAGES = 1_000
/** A server may wish for any time. */
const MAX_WISH_MS = 60_000
/** A watch that ends sooner than this counts as a failure, or a server that ends each at once would be asked without end. */
const SHORT_MS = 1_000

/** Begins at once. */
export function watchResource(api: Api, title: string, type: ResourceType, options: WatchOptions): Watch {
  const namespaces = type.namespaced && options.namespaces?.length ? options.namespaces : [null]
  const parts = namespaces.map((namespace) => watchOne(api, title, type, namespace, { ...options, onTrouble: () => tell() }))
  let told: string | null = null
  const trouble = (): WatchTrouble | null => parts.map((part) => part.trouble()).find((one) => one !== null) ?? null
  function tell(): void {
    const now = trouble()
    if ((now?.message ?? null) === told) return
    told = now?.message ?? null
    options.onTrouble?.(now)
  }
  const synced = Promise.all(parts.map((part) => part.synced)).then(() => undefined)
  // Whoever does not wait for it must not die of it.
  synced.catch(() => undefined)
  return {
    synced,
    get: (key) => {
      for (const part of parts) {
        const found = part.get(key)
        if (found) return found
      }
      return undefined
    },
    list: () => parts.flatMap((part) => part.list()),
    trouble,
    close: async () => void (await Promise.all(parts.map((part) => part.close()))),
  }
}

/** Of one namespace, or of everything. */
function watchOne(api: Api, title: string, type: ResourceType, namespace: string | null, options: WatchOptions): Watch {
  const { firstRetryMs = 500, maxRetryMs = 30_000, silentMs = 90_000, lifetimeMs = 300_000 } = options.timing ?? {}
  const path = pathOf(type, namespace)
  const name = `${resourceName(type)}${namespace === null ? '' : ` in namespace ${namespace}`}`
  const { labelSelector, fieldSelector } = options
  const selector: Record<string, string> = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
  const stop = new AbortController()
  const first = Promise.withResolvers<void>()
  first.promise.catch(() => undefined)
  let objects = new Map<string, KubeObject>()
  /** Where to go on; null: list anew. */
  let version: string | null = null
  let trouble: WatchTrouble | null = null
  /** Whether the last watch was one: it said something, or it stood for a while. */
  let wasGood = false
  let isSynced = false

  const setTrouble = (next: Omit<WatchTrouble, 'since'> | null): void => {
    if (next?.message === trouble?.message) return
    trouble = next && { ...next, since: trouble?.since ?? new Date().toISOString() }
    options.onTrouble?.(trouble)
  }
  /** Items of a list do not repeat what the list says. */
  const kept = (item: KubeObject): KubeObject => {
    const whole = item.kind ? item : { ...item, apiVersion: type.apiVersion, kind: type.kind }
    return options.prune ? options.prune(whole) : whole
  }

  async function list(): Promise<void> {
    const found = new Map<string, KubeObject>()
    let next = ''
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = { ...selector, limit: String(PAGE), ...(next && { continue: next }) }
      const { items, metadata } = parse(await api.get(path, query, 'application/json', stop.signal), `list ${name}`, title)
      for (const item of (items ?? []) as KubeObject[]) found.set(keyOf(item), kept(item))
      next = metadata?.continue ?? ''
      version = next === '' ? (metadata?.resourceVersion ?? null) : null
      if (next === '') break
    }
    if (version === null) throw new ReadError('Unreachable', `cannot list ${name}: the list has no end or no version`)
    const before = objects
    objects = found
    for (const [key, object] of found) if (!isSame(before.get(key), object)) options.onChange(key)
    for (const key of before.keys()) if (!found.has(key)) options.onChange(key)
    isSynced = true
    first.resolve()
    setTrouble(null)
  }

  /** Until the watch ends or fails. */
  async function follow(): Promise<void> {
    wasGood = false
    const seconds = Math.ceil((lifetimeMs * (1 + Math.random() / 2)) / 1_000)
    const query = {
      ...selector,
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: version!,
      timeoutSeconds: String(seconds),
    }
    const opened = performance.now()
    const stream = await api.stream(path, query, stop.signal)
    if (stream.status !== 200) {
      if (stream.status === 410) version = null
      const said = failure({ status: stream.status, body: await headOf(stream) }, `watch ${name}`, title)
      throw Object.assign(said, { retryAfterMs: stream.retryAfterMs })
    }
    setTrouble(null)
    try {
      for await (const { type: what, object } of watchEvents(stream, silentMs)) {
        if (what === 'ERROR') {
          if (object['code'] === 410) version = null
          throw failure({ status: Number(object['code']) || 500, body: JSON.stringify(object) }, `watch ${name}`, title)
        }
        wasGood = true
        version = object.metadata.resourceVersion ?? version
        if (what === 'BOOKMARK') continue
        const key = keyOf(object)
        if (what === 'DELETED') objects.delete(key)
        else objects.set(key, kept(object))
        options.onChange(key)
      }
    } finally {
      if (performance.now() - opened > SHORT_MS) wasGood = true
    }
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted;) {
      let wish: number | null = null
      try {
        if (version === null) await list()
        await follow()
        failures = wasGood ? 0 : failures + 1
      } catch (error) {
        if (stop.signal.aborted) break
        failures = wasGood ? 1 : failures + 1
        wasGood = false
        wish = (error as { retryAfterMs?: number | null }).retryAfterMs ?? null
        // A link that breaks once is how many watches end: the memory is a moment old then, and that is no trouble.
        if (failures > 1 || !isSynced || isRefusal(error)) {
          setTrouble({ message: errorText(error), reason: error instanceof ReadError ? error.reason : 'Unreachable' })
        }
        // Perhaps it is the version that the server does not like.
        if (failures > 2) version = null
      }
      const wait = wish === null ? waitFor(failures, firstRetryMs, maxRetryMs) : Math.min(wish, MAX_WISH_MS) * (1 + Math.random() / 4)
      if (wait > 0) await sleep(wait, undefined, { signal: stop.signal }).catch(() => undefined)
    }
    first.reject(new ReadError('Unreachable', `the watch of ${name} was closed before the first list came`))
  }

  const done = run()
  return {
    synced: first.promise,
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    trouble: () => trouble,
    async close() {
      stop.abort()
      await done
    },
  }
}

const isSame = (a: KubeObject | undefined, b: KubeObject): boolean =>
  a !== undefined && a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion

/** Not a link that broke, which heals by itself: somebody has to do something. */
const isRefusal = (error: unknown): boolean => error instanceof ReadError && ['Forbidden', 'NoSuchResource'].includes(error.reason)

/** Doubled each time, and spread, so that the watches of all processes do not come back in the same instant. */
const waitFor = (failures: number, firstMs: number, maxMs: number): number =>
  failures === 0 ? 0 : Math.min(firstMs * 2 ** (failures - 1), maxMs) * (0.5 + Math.random() / 2)
