import { afterAll, beforeAll, expect, test } from 'vitest'
import { FAST, insertIncident, objects, spawnEngine, startWorld, until, type World } from '../../test/engine-process.ts'
import { freshDatabase } from '../../test/postgres.ts'
import { createStore, openDatabase, type Database, type Store } from '#store'

let world: World
let database: Database
let store: Store
let url: string
let drop: () => Promise<void>
beforeAll(async () => {
  world = await startWorld()
  const fresh = await freshDatabase()
  url = fresh.url
  drop = fresh.drop
  database = await openDatabase({ url })
  store = createStore(database)
})
afterAll(async () => {
  await database.close()
  await drop()
  await world.close()
})

test('smoke', async () => {
  const engine = await spawnEngine(world, {
    database: { url },
    limits: FAST,
    objects: objects({
      steps: [
        { name: 'look', diagnose: {} },
        { name: 'tell', notify: { sinkRef: { name: 'chat' } } },
      ],
      sinks: [{ sinkRef: { name: 'chat' } }],
    }),
  })
  const t0 = performance.now()
  const incident = await insertIncident(database.pool)
  const done = await until('done', async () => (await store.runs.listInvestigations({ incident, limit: 1 })).find((i) => i.completedAt))
  console.log(performance.now() - t0, done)
  await until('delivered', async () => (await store.runs.listDeliveries(done.id)).filter((d) => d.status === 'delivered').length === 2)
  console.log(await store.runs.listDeliveries(done.id), await store.runs.listEvents(done.id, 0, 100), engine.stderr())
  await database.pool.query(`update incidents set status='resolved', resolutions = 1, resolved_at = now()`)
  await until('resolved', async () => (await store.runs.listDeliveries(done.id)).filter((d) => d.status === 'delivered').length === 3)
  console.log(JSON.stringify(world.calls, null, 1))
  await engine.kill('SIGTERM')
  expect(await engine.ended).toBe(0)
  console.log(engine.stderr(), (await database.pool.query('select * from executors')).rows)
})
