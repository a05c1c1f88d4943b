import { describe, expect, test } from 'vitest'
import {
  DIAGNOSIS,
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
  type World,
} from '../../test/engine-process.ts'
import { freshDatabase } from '../../test/postgres.ts'
import { createStore, openDatabase, type Database, type Investigation, type Store } from '#store'

/** Two looks with a message between them, two sinks at the end. */
const OBJECTS = objects(
  {
    steps: [
      { name: 'look', diagnose: {}, retry: { limit: 2, backoff: { duration: '300ms' } } },
      { name: 'tell', notify: { sinkRef: { name: 'chat' } } },
      { name: 'look-again', diagnose: {} },
    ],
    sinks: [{ sinkRef: { name: 'chat' } }, { sinkRef: { name: 'pager' } }],
  },
  ['chat', 'pager'],
)

interface Scene {
  world: World
  database: Database
  store: Store
  incident: string
}

/** When a process is killed: a point that the test sees from outside. `repeats`: what may be in flight then, and so may run twice. */
interface Point {
  title: string
  /** Resolves when the point is reached; whatever it holds up stays held until the kill. */
  reached(scene: Scene): Promise<unknown>
  repeats: { diagnoses?: number; hooks?: string[] }
}

const never = new Promise<never>(() => {})

/** Holds the first call that fits for ever; resolves when it came. */
const hold = (world: World, fits: (call: Call) => boolean): Promise<void> =>
  new Promise((resolve) => {
    let held = false
    world.answer = (call) => {
      if (held || !fits(call)) return usual(call)
      held = true
      resolve()
      return never
    }
  })

/** Resolves when the first call that fits has got its answer, before the process can record it. */
const answered = (world: World, fits: (call: Call) => boolean): Promise<void> =>
  new Promise((resolve) => {
    world.answer = (call, response) => {
      if (fits(call)) response.once('finish', resolve)
      return usual(call)
    }
  })

const state = (path: string, wanted: string) => (call: Call) => call.path === path && call.body.message.state === wanted
const nth = (path: string, n: number, world: World) => (call: Call) => call.path === path && world.of(path).indexOf(call) === n - 1
const event = (scene: Scene, step: string, type: string): Promise<unknown> =>
  until(
    `${type} of ${step}`,
    async () => (await scene.database.pool.query('select 1 from investigation_events where step = $1 and type = $2', [step, type])).rows[0],
  )

const POINTS: Point[] = [
  {
    title: 'as soon as its row is there',
    reached: ({ database }) => until('the row', async () => (await database.pool.query('select 1 from investigations')).rows[0]),
    repeats: { diagnoses: 1 },
  },
  {
    title: 'while the first step looks',
    reached: ({ world }) => hold(world, (call) => call.path === '/diagnose'),
    repeats: { diagnoses: 1 },
  },
  {
    title: 'while it waits for the second try of a step',
    reached: ({ world, database }) => {
      world.answer = (call): Answer => (nth('/diagnose', 1, world)(call) ? { status: 503, body: 'not now' } : usual(call))
      return until('the wait', async () => {
        const { rows } = await database.pool.query(`select to_regclass('dbos.operation_outputs') is not null as there`)
        return (
          rows[0].there && (await database.pool.query(`select 1 from dbos.operation_outputs where function_name = 'DBOS.sleep'`)).rows[0]
        )
      })
    },
    repeats: { diagnoses: 1 },
  },
  { title: 'when the first step is recorded', reached: (scene) => event(scene, 'look', 'step-succeeded'), repeats: { hooks: ['update'] } },
  {
    title: 'while a message is on its way',
    reached: ({ world }) => hold(world, state('/hook/chat', 'update')),
    repeats: { hooks: ['update'] },
  },
  {
    title: 'when a message has arrived, before that is recorded',
    reached: ({ world }) => answered(world, state('/hook/chat', 'update')),
    repeats: { hooks: ['update'] },
  },
  { title: 'while the last step looks', reached: ({ world }) => hold(world, nth('/diagnose', 2, world)), repeats: { diagnoses: 1 } },
  {
    title: 'when the result is stored',
    reached: ({ database }) =>
      until('the end', async () => (await database.pool.query(`select 1 from investigations where phase = 'Succeeded'`)).rows[0]),
    repeats: { hooks: ['completed'] },
  },
  {
    title: 'while a result is on its way',
    reached: ({ world }) => hold(world, state('/hook/pager', 'completed')),
    repeats: { hooks: ['completed'] },
  },
  {
    title: 'when a result has arrived, before that is recorded',
    reached: ({ world }) => answered(world, state('/hook/pager', 'completed')),
    repeats: { hooks: ['completed'] },
  },
]

const delivered = async ({ store, database, incident }: Scene, count: number): Promise<boolean> => {
  const [investigation] = await investigationsOf(database, incident)
  if (!investigation) return false
  return (await store.runs.listDeliveries(investigation.id)).filter(({ status }) => status === 'delivered').length === count
}

/** What holds wherever a process was killed. */
async function expectWhole(scene: Scene, repeats: Point['repeats']): Promise<void> {
  const { world, database, incident } = scene
  const [investigation] = (await investigationsOf(database, incident)) as [Investigation]
  expect(investigation).toMatchObject({
    phase: 'Succeeded',
    reason: 'Complete',
    result: { rootCause: DIAGNOSIS.rootCause, incomplete: [] },
  })

  // Recorded steps ran once; only what was in flight ran again.
  const extra = repeats.diagnoses ?? 0
  expect(world.of('/diagnose').length).toBeGreaterThanOrEqual(2)
  expect(world.of('/diagnose').length).toBeLessThanOrEqual(2 + extra)
  const events = await timelineOf(database, investigation.id)
  for (const step of ['look', 'tell', 'look-again'])
    expect(events.filter((one) => one.step === step && one.type === 'step-succeeded')).toHaveLength(1)
  expect(events.filter((one) => one.type === 'succeeded')).toHaveLength(1)

  // One key a message, however often it went out; a repeat says that it is one, and says the same.
  const messages = Map.groupBy(world.of('/hook'), (call) => call.headers['idempotency-key'])
  expect([...messages.values()].map(([call]) => `${call!.path} ${call!.body.message.state}`).sort()).toEqual([
    '/hook/chat completed',
    '/hook/chat resolved',
    '/hook/chat update',
    '/hook/pager completed',
    '/hook/pager resolved',
  ])
  for (const calls of messages.values()) {
    const { state } = calls[0]!.body.message
    expect(calls.length).toBeLessThanOrEqual(repeats.hooks?.includes(state) ? 2 : 1)
    // The first that arrives may be one already: the process died when the try was counted, but not yet made.
    expect(calls.slice(1).every((call) => call.body.repeated)).toBe(true)
    for (const call of calls) expect(call.body.message).toEqual(calls[0]!.body.message)
  }
}

async function resolve({ database, incident }: Scene): Promise<void> {
  await database.pool.query(`update incidents set status = 'resolved', resolved_at = now(), resolutions = resolutions + 1 where id = $1`, [
    incident,
  ])
}

describe.concurrent('a run survives kill -9', () => {
  test.each(POINTS)('$title', { timeout: 120_000 }, async ({ reached, repeats }) => {
    const [world, fresh] = await Promise.all([startWorld(), freshDatabase()])
    const database = await openDatabase({ url: fresh.url })
    const config = { database: { url: fresh.url }, limits: FAST, objects: OBJECTS }
    try {
      const scene: Scene = { world, database, store: createStore(database), incident: await insertIncident(database.pool) }
      const point = reached(scene)
      const first = await spawnEngine(world, config)
      await point
      await first.kill('SIGKILL')
      await spawnEngine(world, config)
      await until('three messages', () => delivered(scene, 3))
      await resolve(scene)
      await until('the resolution', () => delivered(scene, 5))
      expect(await investigationsOf(database, scene.incident)).toHaveLength(1)
      await expectWhole(scene, repeats)
    } finally {
      await world.close()
      await database.close()
      await fresh.drop()
    }
  })
})
