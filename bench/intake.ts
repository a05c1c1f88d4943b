import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStore, openDatabase, type IntakeBatch, type Store } from '#store'
import { startPostgres } from '../test/postgres-server.ts'
import { newNotification } from './intake-batch.ts'
import { percentile, type Row } from './row.ts'

const SECONDS = 5

/** New notifications a second that the store takes, without HTTP; PostgreSQL with fsync, and the embedded database. */
export async function intake(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'inquest-bench-'))
  const given = process.env['DATABASE_URL_TEST']
  const server = given ? null : await startPostgres({ durable: true })
  const rows: Row[] = []
  for (const kind of ['PostgreSQL', 'embedded'] as const) {
    const database = await openDatabase(kind === 'embedded' ? { dataDir: folder } : { url: given ?? server!.url })
    const store = createStore(database)
    await measure(store, 1, 1_000)
    for (const { alerts, goal } of [
      { alerts: 1, goal: 1_000 },
      { alerts: 64, goal: 300 },
    ]) {
      const { rate, p99 } = await measure(store, alerts, 3 * goal)
      const met = kind === 'embedded' ? undefined : rate >= goal
      rows.push({
        what: `${kind}: notifications of ${alerts} new alert${alerts > 1 ? 's' : ''}`,
        figure: rate,
        unit: '/s',
        ...(met === undefined ? {} : { goal: { text: `≥ ${goal}/s`, met } }),
      })
      rows.push({
        what: `${kind}: … p99`,
        figure: p99,
        unit: 'ms',
        ...(met === undefined ? {} : { goal: { text: '< 250 ms', met: p99 < 250 } }),
      })
    }
    await database.close()
  }
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
  return rows
}

/** 16 senders, each with its next notification at once. What they send is made beforehand, so that only the taking is measured. */
async function measure(store: Store, alerts: number, prepared: number): Promise<{ rate: number; p99: number }> {
  const stock: IntakeBatch[] = Array.from({ length: prepared }, () => newNotification(alerts))
  const took: number[] = []
  const start = performance.now()
  const end = start + SECONDS * 1_000
  const sender = async () => {
    for (let next = stock.pop(); next && performance.now() < end; next = stock.pop()) {
      const sent = performance.now()
      await store.intake(next)
      took.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: 16 }, sender))
  return { rate: took.length / ((performance.now() - start) / 1_000), p99: percentile(took, 0.99) }
}
