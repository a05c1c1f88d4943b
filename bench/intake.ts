import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fingerprint, incidentGroup, notificationKey, type Alert } from '#alert'
import { createStore, openDatabase, type Store } from '#store'
import { startPostgres } from '../test/postgres-server.ts'

/**
 * How many new notifications a second `store.intake` takes, without HTTP.
 *
 *   node bench/intake.ts [seconds a measurement, default 5]
 */
const SECONDS = Number(process.argv[2] ?? 5)
const SOURCE = 'bench/alertmanager'

let made = 0

/** A notification of `size` new alerts that nobody has seen. */
function batch(size: number) {
  const id = ++made
  const alerts = Array.from({ length: size }, (_, i): Alert => {
    const labels = {
      alertname: 'KubePodCrashLooping',
      namespace: `team-${id % 50}`,
      pod: `payments-${id}-${i}`,
      container: 'payments',
      job: 'kube-state-metrics',
      severity: 'warning',
      prometheus: 'monitoring/k8s',
    }
    return {
      status: 'firing',
      labels,
      annotations: { summary: 'Pod is crash looping.', description: `Pod ${labels.namespace}/${labels.pod} restarts all the time.` },
      startsAt: '2026-01-31T12:00:00.123456789Z',
      endsAt: null,
      generatorURL: 'http://prometheus.example/graph?g0.expr=up',
      fingerprint: fingerprint(labels),
    }
  })
  const notification = {
    receiver: 'inquest',
    groupKey: `{}:{n="${id}"}`,
    groupLabels: { namespace: `team-${id % 50}` },
    truncatedAlerts: 0,
    alerts,
  }
  return {
    source: SOURCE,
    key: notificationKey(SOURCE, notification),
    notification,
    alerts: alerts.map((alert) => ({
      alert,
      as: 'incident' as const,
      group: incidentGroup(SOURCE, alert, undefined, notification.groupLabels),
      title: 'KubePodCrashLooping',
    })),
    rejected: [],
    windowMs: 5_000,
  }
}

async function measure(store: Store, size: number, connections: number): Promise<string> {
  const took: number[] = []
  const end = performance.now() + SECONDS * 1_000
  const worker = async () => {
    while (performance.now() < end) {
      const start = performance.now()
      await store.intake(batch(size))
      took.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  took.sort((a, b) => a - b)
  const at = (quantile: number) => took[Math.floor(took.length * quantile)]!.toFixed(1)
  const rate = Math.round(took.length / SECONDS)
  return `${size} alerts, ${connections} connections: ${rate} notifications/s (${rate * size} alerts/s), p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

const folder = await mkdtemp(join(tmpdir(), 'inquest-bench-'))
const server = process.env['DATABASE_URL_TEST'] ? null : await startPostgres({ durable: true })
for (const kind of ['postgres', 'embedded'] as const) {
  const database = await openDatabase(kind === 'postgres' ? { url: process.env['DATABASE_URL_TEST'] ?? server!.url } : { dataDir: folder })
  const store = createStore(database)
  await measure(store, 1, 4)
  for (const [size, connections] of [
    [1, 16],
    [64, 16],
  ] as const) {
    console.log(`${kind.padEnd(9)} ${await measure(store, size, connections)}`)
  }
  await database.close()
}
await server?.stop()
await rm(folder, { recursive: true, force: true })
