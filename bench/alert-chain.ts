import type { Json } from '../control-plane/api.ts'
import { chainPrograms, startChain, type Chain } from '../test/alert-chain.ts'
import { until } from '../test/inquest.ts'
import { startPostgres } from '../test/postgres-server.ts'
import { median, percentile, type Row } from './row.ts'

const ALERTS = 12
const INCIDENTS = 20
/** What ours may take. */
const GOAL_MS = 2_000

/**
 * A broken Deployment each, one after the other, through Prometheus, two Alertmanagers (no group_wait) and Inquest to a sink; no model. Then crash
 * loops, seen by a `kubernetes` Source. Everything on the same processors, a real API server and its etcd included.
 */
export async function alertChain(): Promise<Row[]> {
  const programs = chainPrograms()
  if (!programs) {
    console.log(
      'alert-chain: not measured, prometheus, promtool and alertmanager are not all on PATH (Debian: prometheus, prometheus-alertmanager)',
    )
    return []
  }
  const postgres = await startPostgres({ durable: true })
  let chain: Chain | undefined
  try {
    chain = await startChain({ programs, databaseUrl: postgres.url, steps: '{name: look, diagnose: {}}', watched: 'watched' })
    for (const name of ['shop', 'watched']) await chain.admin.create('/api/v1/namespaces', { metadata: { name } })
    const ways: Way[] = []
    for (let i = 0; i < ALERTS; i++) ways.push(await alertThrough(chain, `web-${i}`))
    const seen: number[] = []
    for (let i = 0; i < INCIDENTS; i++) seen.push(await crashSeen(chain, `pod-${i}`))
    const p50 = (of: (way: Way) => number): number => median(ways.map(of))
    const whole = p50(({ result, fired }) => result - fired)
    const own = p50(({ result, arrived }) => result - arrived)
    return [
      {
        what: `alert fired in Prometheus → result in the sink, p50 of ${ALERTS}`,
        figure: whole,
        unit: 'ms',
        goal: { text: `< ${GOAL_MS} ms`, met: whole < GOAL_MS },
      },
      { what: 'the same, the slowest', figure: Math.max(...ways.map(({ result, fired }) => result - fired)), unit: 'ms' },
      { what: 'of which Prometheus and Alertmanager, p50', figure: p50(({ arrived, fired }) => arrived - fired), unit: 'ms' },
      { what: 'of which Inquest, a window of 100 ms included, p50', figure: own, unit: 'ms' },
      {
        what: `status change → incident of a watch, p50 of ${INCIDENTS}`,
        figure: median(seen),
        unit: 'ms',
        goal: { text: `< ${GOAL_MS} ms`, met: median(seen) < GOAL_MS },
      },
      { what: 'the same, p95', figure: percentile(seen, 0.95), unit: 'ms' },
    ]
  } finally {
    await chain?.stop()
    await postgres.stop()
  }
}

/** Moments of one alert, epoch milliseconds. */
interface Way {
  /** Prometheus evaluated the rule, and it was true. */
  fired: number
  /** At Inquest's door, for the first time. */
  arrived: number
  /** In the sink. */
  result: number
}

async function alertThrough(chain: Chain, name: string): Promise<Way> {
  const namespace = `bench-${name}`
  await chain.admin.create('/api/v1/namespaces', { metadata: { name: namespace } })
  await chain.deploy(namespace, name)
  const result = await until(() => chain.told('completed').find(({ body }) => body.result.rootCause?.object.name === name))
  const arrived = chain.arrived.find(({ body }) => body.alerts.some(({ labels }: Json) => labels.namespace === namespace))!
  const alert = (await chain.firing()).find(({ labels }) => labels['namespace'] === namespace)!
  return { fired: Date.parse(alert.activeAt), arrived: arrived.at, result: result.at }
}

async function crashSeen(chain: Chain, name: string): Promise<number> {
  const at = '/api/v1/namespaces/watched/pods'
  const spec = { schedulerName: 'nobody', containers: [{ name: 'c', image: 'registry.example/web:1' }] }
  await chain.admin.create(at, { metadata: { name }, spec })
  const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } }
  const containerStatuses = [{ name: 'c', image: 'i', imageID: '', ready: false, restartCount: 3, state }]
  const began = Date.now()
  await chain.admin.merge(`${at}/${name}/status`, { status: { containerStatuses } })
  const sql = `select opened_at from incidents where source = 'watched/watch' and labels->>'pod' = '${name}'`
  const [row] = await until(async () => {
    const rows = await chain.query(sql)
    return rows.length > 0 ? rows : null
  })
  return row.opened_at.getTime() - began
}
