import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  FAST,
  insertIncident,
  investigationsOf,
  timelineOf,
  objects,
  spawnEngine,
  startWorld,
  until,
  usual,
  type Answer,
  type Call,
  type EngineProcess,
  type World,
} from '../../test/engine-process.ts'
import { freshDatabase, temporaryFolder } from '../../test/postgres.ts'
import type { Limits } from '#workflow'
import { createStore, openDatabase, type Database, type Investigation, type Store } from '#store'

const OBJECTS = objects({
  steps: [
    { name: 'look', diagnose: {} },
    { name: 'tell', notify: { sinkRef: { name: 'chat' } } },
    { name: 'look-again', diagnose: {} },
  ],
  sinks: [{ sinkRef: { name: 'chat' } }],
})
/** One process at a time: nobody is taken for dead that lives. */
const ALONE = { ...FAST, heartbeatMs: 100, leaseMs: 500 }
/** Two at a time: a busy machine must not make one of them miss its lease. */
const TOGETHER = { ...FAST, heartbeatMs: 200, leaseMs: 2_500 }

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let world: World
let fresh: { url: string; drop(): Promise<void> }
let database: Database
let store: Store
beforeEach(async () => {
  ;[world, fresh] = await Promise.all([startWorld(), freshDatabase()])
  database = await openDatabase({ url: fresh.url })
  store = createStore(database)
})
afterEach(async () => {
  await world.close()
  await database.close()
  await fresh.drop()
})

const start = (limits: Partial<Limits>, more: { version?: string; drainMs?: number } = {}): Promise<EngineProcess> =>
  spawnEngine(world, { database: { url: fresh.url }, limits, objects: OBJECTS, ...more })

/** Holds the first call that fits; `let go` answers it. */
function hold(fits: (call: Call) => boolean): { came: Promise<Call>; letGo(): void } {
  let came: (call: Call) => void
  let letGo: (answer: Answer) => void
  let held: Call | undefined
  const answer = new Promise<Answer>((resolve) => (letGo = resolve))
  world.answer = (call) => {
    if (held || !fits(call)) return usual(call)
    held = call
    came(call)
    return answer
  }
  return { came: new Promise((resolve) => (came = resolve)), letGo: () => letGo(usual(held!)) }
}

const isDiagnosis = (n: number) => (call: Call) => call.path === '/diagnose' && world.of('/diagnose').indexOf(call) === n - 1
const isMessage = (state: string) => (call: Call) => call.path === '/hook/chat' && call.body.message.state === state

const ended = (incident: string): Promise<Investigation> =>
  until('the end', async () => (await investigationsOf(database, incident)).find(({ completedAt }) => completedAt))
const delivered = (investigation: Investigation, count: number): Promise<unknown> =>
  until(
    `${count} messages`,
    async () => (await store.runs.listDeliveries(investigation.id)).filter(({ status }) => status === 'delivered').length === count,
  )
const types = async (investigation: Investigation): Promise<string[]> =>
  (await timelineOf(database, investigation.id)).map(({ type }) => type)
const messages = (): Map<unknown, Call[]> => Map.groupBy(world.of('/hook'), (call) => call.headers['idempotency-key'])

describe('a process that was stopped and goes on after a take-over', () => {
  test('sends nothing under another key, and what it records is refused', async () => {
    const held = hold(isMessage('completed'))
    const a = await start(TOGETHER)
    const incident = await insertIncident(database.pool)
    const call = await held.came
    a.child.kill('SIGSTOP')
    await start(TOGETHER)
    const investigation = await ended(incident)
    await delivered(investigation, 2)
    const before = await store.runs.listDeliveries(investigation.id)
    held.letGo()
    const sent = world.calls.length
    a.child.kill('SIGCONT')

    expect(await a.ended).toBe(70)
    expect(a.stderr()).toContain('for dead')
    expect(world.calls.length).toBe(sent)
    expect(await store.runs.listDeliveries(investigation.id)).toEqual(before)
    const repeats = messages().get(call.headers['idempotency-key'])!
    expect(repeats.map(({ body }) => body.repeated)).toEqual([false, true])
    expect(repeats[1]!.body.message).toEqual(repeats[0]!.body.message)
    expect(messages().size).toBe(2)
  })

  test('does not run the next step, although its own has ended well', async () => {
    const held = hold(isDiagnosis(1))
    const a = await start(TOGETHER)
    const incident = await insertIncident(database.pool)
    await held.came
    a.child.kill('SIGSTOP')
    await start(TOGETHER)
    const investigation = await ended(incident)
    await delivered(investigation, 2)
    held.letGo()
    a.child.kill('SIGCONT')

    expect(await a.ended).toBe(70)
    expect(world.of('/hook').map(({ body }) => body.pid)).not.toContain(a.child.pid)
    expect(messages().size).toBe(2)
    expect(await types(investigation)).toEqual(expect.arrayContaining(['started', 'taken-over', 'resumed', 'step-restarted', 'succeeded']))
    expect(investigation).toMatchObject({ phase: 'Succeeded', reason: 'Complete', takeovers: 1, attempt: 1 })
  })
})

describe('an investigation that kills whoever runs it', () => {
  const lethal = (n: number): void => {
    const fits = (call: Call): boolean => call.path === '/diagnose' && world.of('/diagnose').indexOf(call) >= n - 1
    world.answer = (call) => {
      if (!fits(call)) return usual(call)
      process.kill(call.body.pid, 'SIGKILL')
      return { status: 503, body: '' }
    }
  }

  test('ends as failed after three take-overs, and the sinks are told', async () => {
    lethal(1)
    const incident = await insertIncident(database.pool)
    for (let life = 1; life <= 4; life++) expect(await (await start(ALONE)).ended).toBeNull()
    await start(ALONE)
    const investigation = await ended(incident)
    expect(investigation).toMatchObject({
      phase: 'Failed',
      reason: 'TakenOverTooOften',
      takeovers: 4,
      result: { healthy: false, rootCause: null },
    })
    expect(investigation.message).toContain('was taken over 4 times')
    expect(investigation.result!.incomplete.join()).toContain('was taken over 4 times')
    await delivered(investigation, 1)
    expect(world.of('/diagnose')).toHaveLength(4)
    expect(world.of('/hook').map(({ body }) => body.message.state)).toEqual(['failed'])
  })

  test('ends with the diagnosis that it has', async () => {
    lethal(2)
    const incident = await insertIncident(database.pool)
    expect(await (await start(ALONE)).ended).toBeNull()
    // Two more deaths, without waiting for them.
    await database.pool.query('update investigations set takeovers = 3')
    await start(ALONE)
    const investigation = await ended(incident)
    expect(investigation).toMatchObject({
      phase: 'Succeeded',
      reason: 'Degraded',
      takeovers: 4,
      result: { rootCause: { summary: 'payments exits at once' } },
    })
    expect(investigation.result!.incomplete.join()).toContain('Step "look-again" failed: the investigation was taken over 4 times')
    await delivered(investigation, 2)
    expect(messages().size).toBe(2)
  })
})

test('another version of the engine starts a run anew, and tells no sink twice', async () => {
  const held = hold(isDiagnosis(2))
  const a = await start(ALONE, { version: '1' })
  const incident = await insertIncident(database.pool)
  await held.came
  await a.kill('SIGKILL')
  await start(ALONE, { version: '2' })
  const investigation = await ended(incident)
  await delivered(investigation, 2)
  expect(investigation).toMatchObject({ phase: 'Succeeded', attempt: 2, engineVersion: '2', takeovers: 0 })
  expect(await types(investigation)).toContain('restarted')
  expect([...messages().values()].map((calls) => calls.length)).toEqual([1, 1])
  const { rows } = await database.pool.query(
    `select workflow_uuid, status from dbos.workflow_status where name = 'investigate' order by workflow_uuid`,
  )
  expect(rows).toEqual([
    { workflow_uuid: `${investigation.id}/1`, status: 'CANCELLED' },
    { workflow_uuid: `${investigation.id}/2`, status: 'SUCCESS' },
  ])
})

describe('SIGTERM', () => {
  test('waits for the step in flight, hands the rest over, and counts no take-over', async () => {
    const held = hold(isDiagnosis(1))
    const a = await start(ALONE)
    const incident = await insertIncident(database.pool)
    await held.came
    a.child.kill('SIGTERM')
    held.letGo()
    expect(await a.ended).toBe(0)
    expect((await database.pool.query('select id from executors')).rows).toEqual([])
    expect(world.of('/hook')).toEqual([])
    await start(ALONE)
    const investigation = await ended(incident)
    expect(investigation).toMatchObject({ phase: 'Succeeded', takeovers: 0 })
    expect(world.of('/diagnose')).toHaveLength(2)
    expect(await types(investigation)).toContain('handed-over')
  })

  test('waits no longer than it was told; the step runs again elsewhere', async () => {
    const held = hold(isDiagnosis(1))
    const a = await start(ALONE, { drainMs: 100 })
    const incident = await insertIncident(database.pool)
    await held.came
    a.child.kill('SIGTERM')
    expect(await a.ended).toBe(0)
    await start(ALONE)
    expect(await ended(incident)).toMatchObject({ phase: 'Succeeded', reason: 'Complete' })
    expect(world.of('/diagnose')).toHaveLength(3)
  })
})

describe('with the embedded database', () => {
  test('a restart goes on at once, without waiting for a lease to end', async () => {
    const folder = await temporaryFolder()
    try {
      const config = {
        database: { dataDir: folder.path },
        objects: OBJECTS,
        limits: { sweepMs: 150, queuePollMs: 100, leaseMs: 3_600_000 },
      }
      const held = hold(isDiagnosis(2))
      const before = await openDatabase({ dataDir: folder.path })
      const incident = await insertIncident(before.pool)
      await before.close()
      const a = await spawnEngine(world, config)
      await held.came
      await a.kill('SIGKILL')
      const b = await spawnEngine(world, config)
      await until('the result', () => world.of('/hook').some(isMessage('completed')))
      b.child.kill('SIGTERM')
      expect(await b.ended).toBe(0)

      const after = await openDatabase({ dataDir: folder.path })
      const [investigation] = await investigationsOf(after, incident)
      expect(investigation).toMatchObject({ phase: 'Succeeded', reason: 'Complete', takeovers: 1 })
      expect(world.of('/diagnose')).toHaveLength(3)
      expect([...messages().values()].map((calls) => calls.length)).toEqual([1, 1])
      await after.close()
    } finally {
      await folder.remove()
    }
  })
})
