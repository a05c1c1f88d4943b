import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { openDatabase, type DatabaseLocation } from '#store'
import { freshDatabase, temporaryFolder } from '../../test/postgres.ts'

const ALERTS = 8

/** Takes notifications of eight new alerts, four senders at once, for ever; writes the id of each that it acknowledged. */
const TAKER = `
  import { fingerprint, incidentGroup, notificationKey } from '#alert'
  import { createStore, openDatabase } from '#store'
  const store = createStore(await openDatabase(JSON.parse(process.argv[1])))
  let n = 0
  const sender = async () => {
    for (;;) {
      const id = ++n
      const alerts = Array.from({ length: ${ALERTS} }, (_, i) => {
        const labels = { alertname: 'A', pod: id + '-' + i }
        return { status: 'firing', labels, annotations: {}, startsAt: '2026-01-31T12:00:00Z', endsAt: null, generatorURL: '', fingerprint: fingerprint(labels) }
      })
      const notification = { receiver: 'r', groupKey: String(id), groupLabels: {}, truncatedAlerts: 0, alerts }
      const judged = alerts.map((alert) => ({ alert, as: 'incident', group: incidentGroup('a/b', alert, ['alertname'], {}), title: 'A' }))
      const taken = await store.intake({ source: 'a/b', key: notificationKey('a/b', notification), notification, alerts: judged, rejected: [], windowMs: 0 })
      console.log(taken.notificationId)
    }
  }
  await Promise.all([sender(), sender(), sender(), sender()])`

async function killAfter(acknowledged: number, location: DatabaseLocation): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', TAKER, JSON.stringify(location)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const ids: string[] = []
  createInterface({ input: child.stdout }).on('line', (id) => {
    if (ids.push(id) === acknowledged) child.kill('SIGKILL')
  })
  await closed
  return ids
}

test.each(['postgres', 'embedded'] as const)(
  'kill -9 loses nothing that was acknowledged and leaves nothing half done (%s)',
  async (kind) => {
    const place = kind === 'postgres' ? await freshDatabase() : await temporaryFolder()
    const location = 'url' in place ? { url: place.url } : { dataDir: place.path }
    const acknowledged = [...(await killAfter(40, location)), ...(await killAfter(40, location))]
    expect(acknowledged.length).toBeGreaterThanOrEqual(80)
    const database = await openDatabase(location)
    const { rows } = await database.pool
      .query(`select array(select id::text from notifications) as ids, (select count(*)::int from episodes) as episodes,
    (select count(*)::int from incidents) as incidents`)
    expect(acknowledged.filter((id) => !rows[0].ids.includes(id))).toEqual([])
    // The second taker sends the first notifications again, which then only count.
    expect(rows[0]).toMatchObject({ episodes: rows[0].ids.length * ALERTS, incidents: 1 })
    await database.close()
    await ('drop' in place ? place.drop() : place.remove())
  },
)
