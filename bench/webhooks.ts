import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { createStore, openDatabase, type IntakeBatch } from '#store'
import { serve } from '../test/inquest.ts'
import { startPostgres } from '../test/postgres-server.ts'
import { newNotification } from './intake-batch.ts'
import { percentile, type Row } from './row.ts'

const SECONDS = 6
/** At once, as a large Alertmanager pair sends them. */
const SENDERS = 32
const TOKEN = 'bench-token'

const MANIFESTS = `
apiVersion: inquest.dev/v1alpha1
kind: Source
metadata: {name: alertmanager, namespace: bench}
spec:
  alertmanager: {}
  auth: {bearer: {secretKeyRef: {name: sender, key: token}}}
  grouping: {window: 1h}
  workflowRef: {name: look}
---
apiVersion: v1
kind: Secret
metadata: {name: sender, namespace: bench}
stringData: {token: ${TOKEN}}
---
apiVersion: inquest.dev/v1alpha1
kind: Workflow
metadata: {name: look, namespace: bench}
spec: {steps: [{name: look, diagnose: {}}]}
`

/** A notification as Alertmanager writes it on the wire. */
const payload = ({ notification, alerts }: IntakeBatch): string =>
  JSON.stringify({
    version: '4',
    groupKey: notification.groupKey,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: notification.receiver,
    groupLabels: notification.groupLabels,
    commonLabels: notification.groupLabels,
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    alerts: alerts.map(({ alert }) => ({ ...alert, endsAt: '0001-01-01T00:00:00Z' })),
  })

interface Measured {
  rate: number
  p99: number
}

/** Takes from the stock until it is empty or time is up, each sender with its next one at once. */
async function measure<T>(stock: T[], send: (one: T) => Promise<void>): Promise<Measured> {
  const took: number[] = []
  const start = performance.now()
  const sender = async (): Promise<void> => {
    for (let next = stock.pop(); next !== undefined && performance.now() - start < SECONDS * 1_000; next = stock.pop()) {
      const sent = performance.now()
      await send(next)
      took.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
  return { rate: took.length / ((performance.now() - start) / 1_000), p99: percentile(took, 0.99) }
}

/**
 * Alerts acknowledged durably by the real `inquest serve` over HTTP, against the same statements sent to the same PostgreSQL (with
 * fsync) without HTTP. The sender is on the same two cores, so both figures are lower bounds.
 */
export async function webhooks(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'inquest-bench-'))
  const postgres = await startPostgres({ durable: true })
  const rows: Row[] = []
  try {
    await writeFile(join(folder, 'all.yaml'), MANIFESTS)
    const server = await serve(
      [
        '--manifests',
        folder,
        '--data-dir',
        join(folder, 'data'),
        '--bundle',
        join(import.meta.dirname, '../scenarios/healthy/bundle.tgz'),
        '--log-level',
        'info',
      ],
      { DATABASE_URL: postgres.url },
    )
    const pool = new Pool(server.webhookUrl, { connections: SENDERS })
    const post = async (body: string): Promise<void> => {
      const answer = await pool.request({
        path: '/webhooks/bench/alertmanager',
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      })
      await answer.body.dump()
      if (answer.statusCode !== 200) throw new Error(`a webhook was answered ${answer.statusCode}`)
    }
    const database = await openDatabase({ url: postgres.url })
    const store = createStore(database)
    for (const { alerts, goal } of [
      { alerts: 1, goal: 1_000 },
      { alerts: 64, goal: 300 },
    ]) {
      const prepared = (n: number): IntakeBatch[] => Array.from({ length: n }, () => newNotification(alerts))
      await measure(prepared(goal), async (one) => void (await store.intake(one)))
      await measure(prepared(goal).map(payload), post)
      const bare = await measure(prepared(SECONDS * goal * 4), async (one) => void (await store.intake(one)))
      const http = await measure(prepared(SECONDS * goal * 4).map(payload), post)
      const what = `POSTs of ${alerts} new alert${alerts > 1 ? 's' : ''}`
      rows.push({
        what,
        figure: http.rate,
        unit: '/s',
        against: { what: 'without HTTP', figure: bare.rate },
        goal: { text: `≥ ${goal}/s and ≥ 60 %`, met: http.rate >= goal && http.rate >= 0.6 * bare.rate },
      })
      rows.push({ what: '… p99', figure: http.p99, unit: 'ms', goal: { text: '< 250 ms', met: http.p99 < 250 } })
    }
    await pool.close()
    await database.close()
    server.child.kill('SIGTERM')
    await server.ended
  } finally {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return rows
}
