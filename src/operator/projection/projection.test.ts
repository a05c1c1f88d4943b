import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ReadError, type KubeObject, type Watch } from '#cluster'
import { InputError } from '#kit/errors'
import { systemClock } from '#kit/clock'
import { newId } from '#kit/ids'
import { silentLogger } from '#kit/log'
import { createRegistry } from '#kinds/registry'
import { createStore, openDatabase, type Database, type RunInput, type Store } from '#store'
import type { InvestigationRequest } from '#workflow'
import { until } from '../../../test/engine-process.ts'
import { freshDatabase } from '../../../test/postgres.ts'
import { startProjection, type ProjectionLoop, type ProjectionOptions } from './projection.ts'

/**
 * What a real API server does not do at a test's word: refuse, be away, be slow to tell. What it does do is proven on one, in
 * projection.cluster.test.ts.
 */
class Cluster {
  readonly objects = new Map<string, KubeObject>()
  /** Every request, as `create investigations look`. */
  readonly requests: string[] = []
  /** Thrown by the next requests that it is asked about. */
  refuse: (request: string) => Error | 'gone' | null = () => null
  private listener: ((key: string) => void) | null = null
  watches = 0
  private version = 0
  /** What the watch remembers instead of what is: it may be behind. */
  readonly stale = new Map<string, KubeObject | undefined>()

  readonly client: ProjectionOptions['client'] = {
    watch: (_type, { onChange }): Watch => {
      this.watches++
      this.listener = onChange
      for (const key of this.objects.keys()) onChange(key)
      return {
        synced: Promise.resolve(),
        get: (key) => (this.stale.has(key) ? this.stale.get(key) : this.objects.get(key)),
        list: () => [...this.objects.values()],
        trouble: () => null,
        close: async () => {
          this.watches--
          this.listener = null
        },
      }
    },
    get: async (_type, namespace, name) => {
      this.asked(`get ${name}`)
      return this.objects.get(`${namespace}/${name}`) ?? null
    },
    create: async (type, object) => {
      const refusal = this.asked(`create ${type.kind} ${object.metadata.name}`)
      if (refusal === 'gone') return refusal
      if (type.kind === 'Event') return object
      const key = `${object.metadata.namespace}/${object.metadata.name}`
      if (this.objects.has(key)) return 'exists'
      return this.put({ ...object, metadata: { ...object.metadata, uid: newId(), creationTimestamp: new Date().toISOString() } })
    },
    // As the real one: the uid does not count, the version does.
    applyStatus: async (_type, { namespace, name, resourceVersion }, status) => {
      this.asked(`status ${name}`)
      const object = this.objects.get(`${namespace}/${name}`)
      if (!object) return null
      if (resourceVersion !== object.metadata.resourceVersion) return 'changed'
      return this.put({ ...object, status })
    },
    delete: async (_type, { namespace, name }) => {
      this.asked(`delete ${name}`)
      this.remove(`${namespace}/${name}`)
    },
  }

  put(object: KubeObject): KubeObject {
    const key = `${object.metadata.namespace}/${object.metadata.name}`
    const next = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.version) } }
    this.objects.set(key, next)
    this.listener?.(key)
    return next
  }
  remove(key: string): void {
    this.objects.delete(key)
    this.listener?.(key)
  }
  private asked(request: string): 'gone' | null {
    this.requests.push(request)
    const refusal = this.refuse(request)
    if (refusal instanceof Error) throw refusal
    return refusal
  }
}

const INPUT: RunInput = {
  workflow: { name: 'look', generation: 1, spec: { steps: [{ name: 'look', diagnose: {} }] } },
  sinks: [],
  missingSinks: [],
  params: {},
  alerts: [],
  alertCount: 0,
  incident: null,
  target: null,
  source: 'shop/alerts',
}

let database: Database
let store: Store
let drop: () => Promise<void>
let cluster: Cluster
let loops: ProjectionLoop[] = []
let asked: InvestigationRequest[]
let cancelled: string[]

beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  database = await openDatabase({ url: fresh.url })
  store = createStore(database)
})
afterAll(async () => {
  await database.close()
  await drop()
})
beforeEach(async () => {
  cluster = new Cluster()
  asked = []
  cancelled = []
  await sql('delete from investigations')
  await sql('delete from objects')
})
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()))
})

const sql = async (text: string, values: unknown[] = []): Promise<any[]> => (await database.pool.query(text, values)).rows
async function investigation(more = '', namespace = 'shop'): Promise<{ id: string; name: string; key: string }> {
  const id = newId()
  const name = `look-${id.slice(-10)}`
  const row = { id, incidentId: null, namespace, name, title: 'T', workflow: 'look', input: INPUT, engineVersion: '1', deadlineMs: 60_000 }
  await store.runs.insertInvestigation(row)
  if (more) await sql(`update investigations set ${more} where id = $1`, [id])
  return { id, name, key: `${namespace}/${name}` }
}
const object = (name: string, more: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'inquest.dev/v1alpha1',
  kind: 'Investigation',
  metadata: { namespace: 'shop', name, uid: newId(), creationTimestamp: new Date().toISOString(), ...more },
  spec: { workflowRef: { name: 'look' } },
})
const ENDED = `phase = 'Succeeded', reason = 'Complete', started_at = now(), completed_at = now()`

const answer = async (wanted: InvestigationRequest): Promise<{ id: string; name: string }> => {
  asked.push(wanted)
  return { id: newId(), name: wanted.object!.name }
}
function start(more: Partial<ProjectionOptions> = {}): ProjectionLoop {
  const loop = startProjection({
    client: cluster.client,
    leader: { isLeader: () => true, onChange: () => () => undefined },
    namespaces: [],
    registry: createRegistry(async () => undefined),
    engine: {
      investigate: answer,
      refuse: answer,
      cancel: async (id) => {
        cancelled.push(id)
        return true
      },
    },
    projection: store.projection,
    link: () => null,
    instance: 'test',
    clock: systemClock,
    log: silentLogger,
    timing: { pollMs: 5, expireMs: 10 },
    ...more,
  })
  loops.push(loop)
  return loop
}
const idle = (): Promise<unknown> =>
  until('nothing to be left', async () => (await sql('select from investigations where revision > shown')).length === 0)
const count = (request: string): number => cluster.requests.filter((one) => one === request).length

test('a row becomes an object, and follows it', async () => {
  const { id, name, key } = await investigation()
  start()
  await until('the object', () => cluster.objects.get(key)?.status?.phase === 'Pending')
  await sql(`update investigations set ${ENDED} where id = $1`, [id])
  await until('its end', () => cluster.objects.get(key)?.status?.phase === 'Succeeded')
  await idle()
  expect(cluster.requests.filter((one) => !one.includes('Event'))).toEqual([
    `create Investigation ${name}`,
    `status ${name}`,
    `status ${name}`,
  ])
})

test('a change that does not show costs no request', async () => {
  const { id, name } = await investigation(ENDED)
  start()
  await idle()
  await sql(`update investigations set result = '{"usage": {}}' where id = $1`, [id])
  await idle()
  expect(count(`status ${name}`)).toBe(1)
})

describe('who leads', () => {
  function changing(): { leader: ProjectionOptions['leader']; lead(is: boolean): void } {
    let leads = false
    const listeners = new Set<(is: boolean) => void>()
    return {
      leader: {
        isLeader: () => leads,
        onChange(listener) {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
      lead(is) {
        leads = is
        for (const listener of listeners) listener(is)
      },
    }
  }

  test('works; who does not neither watches nor asks', async () => {
    const { leader, lead } = changing()
    const { key } = await investigation()
    const loop = start({ leader })
    await new Promise((resolve) => setImmediate(resolve))
    expect([cluster.watches, cluster.requests]).toEqual([0, []])
    lead(true)
    await until('the object', () => cluster.objects.get(key)?.status)
    lead(false)
    await until('the end of the watch', () => cluster.watches === 0)
    lead(true)
    await until('the watch', () => cluster.watches === 1)
    await loop.stop()
    expect(cluster.watches).toBe(0)
  })

  test('finds out what was deleted and what was asked for before', async () => {
    const { id, key } = await investigation(`phase = 'Running'`)
    const first = start()
    await until('the object', () => cluster.objects.get(key)?.status)
    await idle()
    await first.stop()
    cluster.remove(key)
    cluster.put(object('by-hand'))
    start()
    await until('the cancellation', () => cancelled.includes(id))
    await until('the request', () => asked.length > 0)
    expect(asked[0]).toMatchObject({ namespace: 'shop', workflow: 'look', object: { name: 'by-hand' } })
    await until('that it is remembered', async () => (await store.projection.shownInvestigation(id))?.object?.gone)
    expect(cluster.objects.has(key)).toBe(false)
  })
})

test('an object that the watch has not told of yet is not taken for deleted', async () => {
  const { key, name } = await investigation(`phase = 'Running'`)
  const first = start()
  await until('the object', () => cluster.objects.get(key)?.status)
  await idle()
  await first.stop()
  cluster.stale.set(key, undefined)
  start()
  await until('the question', () => count(`get ${name}`) > 0)
  await loops.at(-1)!.stop()
  expect(cancelled).toEqual([])
})

test('a status does not reach a request that took the name of a deleted object', async () => {
  const { id, key, name } = await investigation(`phase = 'Running'`)
  start()
  await until('the object', () => cluster.objects.get(key)?.status)
  await idle()
  // Deleted and asked for again, and the watch has told of neither.
  const old = cluster.objects.get(key)!
  const fresh = object(name)
  cluster.stale.set(key, old)
  cluster.put(fresh)
  await sql(`update investigations set ${ENDED} where id = $1`, [id])
  await until('that it is gone', async () => (await store.projection.shownInvestigation(id))?.object?.gone)
  expect(cluster.objects.get(key)).toMatchObject({ metadata: { uid: fresh.metadata.uid } })
  expect(cluster.objects.get(key)).not.toHaveProperty('status')
})

test('what is cancelled because its object was deleted is seen to, too', async () => {
  const { id, key } = await investigation(`phase = 'Running'`)
  const isGone = async (): Promise<boolean> => (await store.projection.shownInvestigation(id))!.object!.gone
  // Whoever sees the deletion first is slow: the row, which says now that it was cancelled, is looked at meanwhile.
  const cancel = async (): Promise<boolean> => {
    const done = await sql(
      `update investigations set phase = 'Cancelled', completed_at = now() where id = $1 and completed_at is null returning id`,
      [id],
    )
    if (done.length > 0) await until('the other to forget the object', isGone)
    return done.length > 0
  }
  // Polls since an investigation was last looked at.
  let quiet = 0
  const projection = {
    ...store.projection,
    changedInvestigations: (wanted: Parameters<typeof store.projection.changedInvestigations>[0]) => (
      quiet++,
      store.projection.changedInvestigations(wanted)
    ),
    shownInvestigation: (wanted: string) => ((quiet = 0), store.projection.shownInvestigation(wanted)),
  }
  start({ engine: { investigate: answer, refuse: answer, cancel }, projection })
  await until('the object', () => cluster.objects.get(key)?.status)
  await until('the echo of that to die away', () => quiet > 10)
  cluster.remove(key)
  await until('it to be forgotten', isGone)
  await idle()
  expect(await store.projection.shownInvestigation(id)).toMatchObject({ phase: 'Cancelled', changed: false, object: { gone: true } })
})

describe('an API server', () => {
  test('that is away is asked again, less and less often, and nothing is lost', async () => {
    const { name, key } = await investigation()
    let away = true
    cluster.refuse = () => (away ? new Error('away') : null)
    let looks = 0
    const changedInvestigations: typeof store.projection.changedInvestigations = (wanted) => {
      looks++
      return store.projection.changedInvestigations(wanted)
    }
    start({ projection: { ...store.projection, changedInvestigations } })
    await until('three tries', () => count(`create Investigation ${name}`) >= 3)
    // Each look finds the row again; what failed is not tried as often.
    expect(looks).toBeGreaterThan(2 * count(`create Investigation ${name}`))
    away = false
    await until('the object', () => cluster.objects.get(key)?.status)
  })

  test('that fails for one investigation does not keep the others', async () => {
    const bad = await investigation()
    const good = await investigation()
    cluster.refuse = (request) => (request.includes(bad.name) ? new Error('no right to do so') : null)
    start()
    await until('the other', () => cluster.objects.get(good.key)?.status)
    expect(cluster.objects.has(bad.key)).toBe(false)
  })

  test.each([
    ['refuses the object', new InputError('too large')],
    ['has no such namespace', 'gone' as const],
  ])('that %s is not asked again before something changes', async (_, refusal) => {
    const { id, name } = await investigation()
    cluster.refuse = (request) => (request.startsWith('create') ? refusal : null)
    start()
    await idle()
    expect(count(`create Investigation ${name}`)).toBe(1)
    await sql(`update investigations set ${ENDED} where id = $1`, [id])
    await idle()
    expect(count(`create Investigation ${name}`)).toBe(2)
  })

  test('that takes no Events gets the status all the same, and the refusal is told', async () => {
    const { key } = await investigation(ENDED)
    cluster.refuse = (request) => (request.includes('Event') ? new ReadError('Forbidden', 'cannot create events') : null)
    const loop = start()
    await idle()
    expect(cluster.objects.get(key)?.status?.phase).toBe('Succeeded')
    expect(loop.trouble()).toBe('cannot create events')
  })

  test('that refuses a verb is told, until it does not any more', async () => {
    await investigation()
    let refused = true
    cluster.refuse = (request) =>
      refused && request.startsWith('status') ? new ReadError('Forbidden', 'cannot patch investigations/status') : null
    const loop = start()
    await until('the refusal', () => loop.trouble())
    expect(loop.trouble()).toBe('cannot patch investigations/status')
    refused = false
    await until('that it is well', () => loop.trouble() === null)
    await idle()
  })
})

test('an object of the same name that somebody else made is left alone', async () => {
  const { id, name, key } = await investigation(ENDED)
  const other = cluster.put({ ...object(name), status: { phase: 'Failed' } })
  start()
  await idle()
  expect(cluster.objects.get(key)).toBe(other)
  expect((await store.projection.shownInvestigation(id))!.object).toBeNull()
})

test('of a database with a past only what is recent is shown', async () => {
  await investigation(`phase = 'Succeeded', completed_at = now() - interval '30 days'`)
  const recent = await investigation(ENDED)
  start()
  await idle()
  expect([...cluster.objects.keys()]).toEqual([recent.key])
  expect(cluster.requests.filter((request) => request.startsWith('delete'))).toEqual([])
})

test('other namespaces than those watched are left alone', async () => {
  const elsewhere = await investigation('', 'elsewhere')
  const here = await investigation(ENDED)
  start({ namespaces: ['shop'] })
  await until('the object', () => cluster.objects.get(here.key)?.status)
  expect(cluster.requests.join(' ')).not.toContain(elsewhere.name)
})

test('nothing is shown, asked or deleted while the registry is not read', async () => {
  await investigation(`phase = 'Succeeded', completed_at = now() - interval '30 days'`)
  const { key } = await investigation(ENDED)
  cluster.put(object('by-hand'))
  let complete = false
  const registry = createRegistry(async () => undefined, { isComplete: () => complete, unusable: () => null })
  let looked = 0
  const counted = { ...registry, isComplete: () => (looked++, registry.isComplete()) }
  start({ registry: counted })
  await until('some looks', () => looked > 20)
  expect([asked, cluster.requests]).toEqual([[], []])
  complete = true
  await until('the object', () => cluster.objects.get(key)?.status)
  await until('the request', () => asked.length > 0)
})
