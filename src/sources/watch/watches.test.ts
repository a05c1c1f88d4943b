import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { keyOf, type KubeObject, type Watcher, type WatchOptions, type WatchTrouble } from '#cluster'
import { systemClock } from '#kit/clock'
import { InputError } from '#kit/errors'
import { silentLogger } from '#kit/log'
import { createRegistry } from '#kinds/registry'
import type { Source } from '#kinds/source'
import { createStore, openDatabase, type Database, type Store } from '#store'
import { freshDatabase } from '../../../test/postgres.ts'
import { startWatches, type Watches } from './watches.ts'

/** Only ends a test that has failed. */
const WAIT = { timeout: 15_000, interval: 10 }

let fresh: { url: string; drop(): Promise<void> }
let database: Database
let store: Store
let watches: Watches
let isLeader: boolean
let namespace = 0
beforeAll(async () => {
  fresh = await freshDatabase()
  database = await openDatabase({ url: fresh.url })
  store = createStore(database)
})
afterAll(async () => {
  await database.close()
  await fresh.drop()
})

/** A cluster as far as watches go: what it has, who watches, and what is wrong. */
let objects: Map<string, KubeObject>
let watching: { kind: string; options: WatchOptions }[]
let trouble: WatchTrouble | null
let isSynced: PromiseWithResolvers<void>
beforeEach(() => {
  namespace++
  objects = new Map()
  watching = []
  trouble = null
  isLeader = true
  isSynced = Promise.withResolvers()
  isSynced.resolve()
})
afterEach(() => watches.stop())

const watcher: Watcher = {
  title: 'a stand-in',
  watch({ kind }, options) {
    const one = { kind, options }
    watching.push(one)
    const list = () => [...objects.values()].filter((object) => object.kind === kind)
    return {
      synced: isSynced.promise,
      get: (key) => list().find((object) => keyOf(object) === key),
      list: () => list().map((object) => options.prune!(object)),
      trouble: () => trouble,
      close: async () => void watching.splice(watching.indexOf(one), 1),
    }
  },
  close: () => undefined,
}
const name = (): string => `shop-${namespace}/watch`
function start(spec: Source['spec']['kubernetes'] = {}, openWatcher: () => Promise<Watcher> = async () => watcher): void {
  const registry = createRegistry(async () => undefined)
  const metadata = { name: 'watch', namespace: `shop-${namespace}` }
  const source: Source = {
    apiVersion: 'inquest.dev/v1alpha1',
    kind: 'Source',
    metadata,
    spec: { kubernetes: spec, workflowRef: { name: 'w' }, filter: 'alert.labels.deployment != "left-out"' },
  }
  registry.replace({ sources: [source], workflows: [], sinks: [] })
  const leader = { isLeader: () => isLeader, onChange: () => () => undefined }
  watches = startWatches({ registry, store, leader, openWatcher, clock: systemClock, log: silentLogger, compareMs: 300 })
}
function put(workload: string, pod: string, reason: string | null): void {
  const state = reason ? { waiting: { reason } } : { running: { startedAt: '2026-01-01T00:00:00Z' } }
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${workload}-5d9c`, uid: 'u', controller: true }
  const labels = { 'pod-template-hash': '5d9c' }
  const metadata = { name: pod, namespace: `shop-${namespace}`, labels, ownerReferences: [owner] }
  objects.set(pod, { apiVersion: 'v1', kind: 'Pod', metadata, status: { containerStatuses: [{ name: 'c', restartCount: 0, state }] } })
  tell()
}
const tell = (): void => watching.forEach(({ options }) => options.onChange('any'))
const open = async (): Promise<string[]> =>
  (await store.openAlerts(name())).map(({ labels }) => `${labels['alertname']} ${labels['deployment']}`).toSorted()
const opens = (expected: string[]) => vi.waitFor(async () => expect(await open()).toEqual(expected), WAIT)
const counts = async () => {
  const query =
    'select (select count(*) from episodes where source = $1)::int as episodes, count(*)::int as incidents from incidents where source = $1'
  return (await database.pool.query(query, [name()])).rows[0]
}

test('an alert begins with the trouble and ends with it; pods and problems of a workload are one incident', async () => {
  start()
  await vi.waitFor(() => expect(watching.map(({ kind }) => kind)).toEqual(['Pod', 'Job']), WAIT)
  expect(watching[0]!.options.namespaces).toEqual([`shop-${namespace}`])
  put('web', 'web-1', 'CrashLoopBackOff')
  put('web', 'web-2', 'CrashLoopBackOff')
  put('web', 'web-3', 'ImagePullBackOff')
  put('left-out', 'left-out-1', 'CrashLoopBackOff')
  await opens(['KubeContainerWaiting web', 'KubePodCrashLooping left-out', 'KubePodCrashLooping web'])
  expect(await counts()).toEqual({ episodes: 3, incidents: 1 })
  objects.delete('web-1')
  put('web', 'web-3', null)
  await opens(['KubePodCrashLooping left-out', 'KubePodCrashLooping web'])
  put('web', 'web-2', null)
  put('left-out', 'left-out-1', null)
  await opens([])
  put('web', 'web-2', 'CrashLoopBackOff')
  await opens(['KubePodCrashLooping web'])
  // The one before was over before it was investigated: that was the end of it.
  expect((await counts()).incidents).toBe(2)
})

test('two replicas and a restart double nothing, and what healed meanwhile is resolved', async () => {
  put('web', 'web-1', 'CrashLoopBackOff')
  put('api', 'api-1', 'ImagePullBackOff')
  start()
  const other = watches
  start()
  await opens(['KubeContainerWaiting api', 'KubePodCrashLooping web'])
  await other.stop()
  await watches.stop()
  put('web', 'web-1', null)
  put('new', 'new-1', 'ImagePullBackOff')
  start()
  await opens(['KubeContainerWaiting api', 'KubeContainerWaiting new'])
  expect(await counts()).toEqual({ episodes: 3, incidents: 3 })
})

test('nobody is taken for well while the list is not there or the watch is in trouble', async () => {
  put('web', 'web-1', 'CrashLoopBackOff')
  start()
  await opens(['KubePodCrashLooping web'])
  await watches.stop()
  objects.clear()
  isSynced = Promise.withResolvers()
  start()
  await vi.waitFor(() => expect(watching).toHaveLength(2), WAIT)
  tell()
  await sleep(500)
  expect(await open()).toEqual(['KubePodCrashLooping web'])
  trouble = { since: '', message: 'cannot watch pods: forbidden', reason: 'Forbidden' }
  watching[0]!.options.onTrouble!(trouble)
  isSynced.resolve()
  await vi.waitFor(() => expect(watches.trouble(`shop-${namespace}`, 'watch')).toContain('cannot watch pods: forbidden'), WAIT)
  await sleep(500)
  expect(await open()).toEqual(['KubePodCrashLooping web'])
  trouble = null
  watching[0]!.options.onTrouble!(null)
  await opens([])
  expect(watches.trouble(`shop-${namespace}`, 'watch')).toBeNull()
})

test('what Inquest runs itself is not watched, whatever else is', async () => {
  start({ selector: 'app=web' })
  await vi.waitFor(() => expect(watching.length).toBeGreaterThan(1), WAIT)
  expect(new Set(watching.map(({ options }) => options.labelSelector))).toEqual(new Set(['app=web,!inquest.dev/run']))
})

test('`for` leaves out what passes', async () => {
  start({ for: '1s' })
  await vi.waitFor(() => expect(watching).toHaveLength(2), WAIT)
  put('short', 'short-1', 'CrashLoopBackOff')
  put('long', 'long-1', 'CrashLoopBackOff')
  await sleep(300)
  expect(await open()).toEqual([])
  objects.delete('short-1')
  tell()
  await opens(['KubePodCrashLooping long'])
  expect((await counts()).episodes).toBe(1)
})

test('an account that cannot be used is said, and tried again; who does not lead does not watch', async () => {
  let failures = 0
  put('web', 'web-1', 'CrashLoopBackOff')
  start({}, async () => {
    if (++failures > 1) return watcher
    throw new InputError('there is no ServiceAccount', { remedy: 'Create it.' })
  })
  await vi.waitFor(() => expect(watches.trouble(`shop-${namespace}`, 'watch')).toContain('there is no ServiceAccount'), WAIT)
  await opens(['KubePodCrashLooping web'])
  expect(watches.trouble(`shop-${namespace}`, 'watch')).toBeNull()
  isLeader = false
  await vi.waitFor(() => expect(watching).toEqual([]), WAIT)
})

test('a thousand crash loops at once are a thousand incidents', async () => {
  start()
  await vi.waitFor(() => expect(watching).toHaveLength(2), WAIT)
  for (let i = 0; i < 1_000; i++) put(`web${i}`, `web${i}-1`, 'CrashLoopBackOff')
  await vi.waitFor(async () => expect(await counts()).toEqual({ episodes: 1_000, incidents: 1_000 }), WAIT)
})

/** An Event about the pod of that name, told so many seconds ago. */
function say(pod: string, reason: string, seconds: number, count = 1): void {
  const last = new Date(Date.now() - seconds * 1_000).toISOString()
  const namespaced = { namespace: `shop-${namespace}` }
  objects.set(`${pod}.${reason}`, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${pod}.${reason}`, ...namespaced },
    involvedObject: { kind: 'Pod', name: pod, ...namespaced },
    type: 'Warning',
    reason,
    message: 'it does not answer',
    count,
    lastTimestamp: last,
  })
  tell()
}

test('Events are one alert a workload and reason, joined by what else is wrong with it; repeats and restarts double nothing', async () => {
  start({ events: { reasons: ['Unhealthy', 'FailedMount'] } })
  await vi.waitFor(() => expect(watching.map(({ kind }) => kind).toSorted()).toEqual(['Event', 'Job', 'Pod', 'ReplicaSet']), WAIT)
  expect(watching.find(({ kind }) => kind === 'Event')!.options).toMatchObject({
    namespaces: [`shop-${namespace}`],
    fieldSelector: 'type=Warning',
  })
  put('web', 'web-1', null)
  put('web', 'web-2', 'CrashLoopBackOff')
  say('web-1', 'Unhealthy', 5)
  say('web-2', 'Unhealthy', 5)
  say('web-2', 'BackOff', 5)
  await opens(['KubePodCrashLooping web', 'KubeWarningEvent web'])
  for (let i = 2; i < 50; i++) say('web-1', 'Unhealthy', 0, i)
  await watches.stop()
  start({ events: { reasons: ['Unhealthy', 'FailedMount'] } })
  await vi.waitFor(() => expect(watching).toHaveLength(4), WAIT)
  say('web-1', 'FailedMount', 0)
  await opens(['KubePodCrashLooping web', 'KubeWarningEvent web', 'KubeWarningEvent web'])
  expect(await counts()).toEqual({ episodes: 3, incidents: 1 })
  // Nothing new for a quarter of an hour.
  say('web-1', 'Unhealthy', 901)
  say('web-2', 'Unhealthy', 901)
  say('web-1', 'FailedMount', 901)
  await opens(['KubePodCrashLooping web'])
})

test('a thousand workloads with ten pods and twenty Events each are a thousand incidents', async () => {
  start({ problems: ['WarningEvent'], events: {} })
  await vi.waitFor(() => expect(watching).toHaveLength(4), WAIT)
  for (let i = 0; i < 10_000; i++) {
    put(`web${i % 1_000}`, `web-${i}`, null)
    for (let k = 0; k < 2; k++) say(`web-${i}`, `Reason${k}`, 5, 50)
  }
  await vi.waitFor(async () => expect(await counts()).toEqual({ episodes: 2_000, incidents: 1_000 }), WAIT)
})
