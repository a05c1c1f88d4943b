import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '../control-plane/api.ts'
import { startTestCluster, type TestCluster } from '../test/cluster.ts'
import { startPostgres } from '../test/postgres-server.ts'
import { median, type Row } from './row.ts'

const root = join(import.meta.dirname, '..')
const NAMESPACE = 'bench'
const PAIRS = 500
const STARTS = 5
const APPLIED = 20
const REST_MS = 60_000
const WAIT_MS = 120_000
const OUT = { apiVersion: 'inquest.dev/v1alpha1', kind: 'Sink', metadata: { name: 'out', namespace: NAMESPACE }, spec: { stdout: {} } }

const pathOf = (plural: string): string => `/apis/inquest.dev/v1alpha1/namespaces/${NAMESPACE}/${plural}`
const workflow = (name: string): Json => ({
  apiVersion: 'inquest.dev/v1alpha1',
  kind: 'Workflow',
  metadata: { name, namespace: NAMESPACE },
  spec: { steps: [{ name: 'look', diagnose: {} }], sinks: [{ sinkRef: { name: 'out' }, when: '!result.healthy' }] },
})
const source = (name: string): Json => ({
  apiVersion: 'inquest.dev/v1alpha1',
  kind: 'Source',
  metadata: { name, namespace: NAMESPACE },
  spec: { alertmanager: {}, auth: { none: {} }, filter: 'alert.labels.severity == "critical"', workflowRef: { name } },
})

interface Replica {
  child: ChildProcess
  readyMs: number
}

/** Two processes of the operator on a real API server with 1,000 objects: how soon, how often, how heavy. */
export async function operator(): Promise<Row[]> {
  const cluster = await startTestCluster({ audit: true })
  const postgres = await startPostgres({ durable: true })
  const folder = mkdtempSync(join(tmpdir(), 'inquest-bench-'))
  const running: Replica[] = []
  try {
    await cluster.installCrds()
    await prepare(cluster)
    const start = async (): Promise<Replica> => {
      const replica = await untilReady(cluster.plane.kubeconfig, folder, postgres.url)
      running.push(replica)
      return replica
    }
    const began = performance.now()
    await start()
    await untilAllReady(cluster)
    const firstMs = performance.now() - began
    await stop(running)

    const starts: number[] = []
    for (let i = 0; i < STARTS; i++) {
      starts.push((await start()).readyMs)
      await stop(running)
    }
    await start()
    await start()
    // Until both have seen everything, and whoever leads has nothing left to say.
    await sleep(5_000)
    const applied: number[] = []
    for (let i = 0; i < APPLIED; i++) applied.push(await untilOneReady(cluster, `late-${i}`))
    await sleep(2_000)
    const before = requestsOf(cluster)
    await sleep(REST_MS)
    const perSecond = ((requestsOf(cluster) - before) / REST_MS) * 1_000
    const mib = Math.max(...running.map(({ child }) => residentMib(child.pid!)))
    const ready = median(starts)
    const late = median(applied)
    return [
      { what: 'operator ready with 1,000 objects', figure: ready, unit: 'ms', goal: { text: '<= 2,000 ms', met: ready <= 2_000 } },
      { what: '1,000 new objects judged and told, from the start of the process', figure: firstMs, unit: 'ms' },
      { what: 'an applied Workflow is Ready', figure: late, unit: 'ms', goal: { text: '<= 1,000 ms', met: Math.max(...applied) <= 1_000 } },
      { what: 'the slowest of 20', figure: Math.max(...applied), unit: 'ms' },
      { what: 'requests at rest, two replicas', figure: perSecond, unit: '/s', goal: { text: '<= 1/s', met: perSecond <= 1 } },
      { what: 'memory at rest, each', figure: mib, unit: 'MiB', goal: { text: '<= 300 MiB', met: mib <= 300 } },
    ]
  } finally {
    await stop(running)
    await cluster.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function prepare({ admin }: TestCluster): Promise<void> {
  await admin.create('/api/v1/namespaces', { metadata: { name: NAMESPACE } })
  await admin.create(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { metadata: { name: 'inquest-agent' } })
  await admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'agents-view' },
    subjects: [{ kind: 'ServiceAccount', namespace: NAMESPACE, name: 'inquest-agent' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  })
  await admin.create(pathOf('sinks'), OUT)
  const names = Array.from({ length: PAIRS }, (_, i) => `pair-${i}`)
  const makers = Array.from({ length: 8 }, async () => {
    for (let name = names.pop(); name; name = names.pop()) {
      await admin.create(pathOf('workflows'), workflow(name))
      await admin.create(pathOf('sources'), source(name))
    }
  })
  await Promise.all(makers)
}

/** From the start of the process to the first 200 of /readyz. */
async function untilReady(kubeconfig: string, folder: string, database: string): Promise<Replica> {
  const began = performance.now()
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const listen = ['--api-listen', `127.0.0.1:${port}`, '--webhook-listen', '127.0.0.1:0']
  const args = ['serve', '--kubeconfig', kubeconfig, ...listen, '--data-dir', folder, '--log-level', 'error']
  const env = { ...process.env, DATABASE_URL: database }
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], { stdio: ['ignore', 'inherit', 'inherit'], env })
  while (performance.now() - began < WAIT_MS) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null)
    if (answer?.status === 200) return { child, readyMs: performance.now() - began }
    await sleep(5)
  }
  child.kill('SIGKILL')
  throw new Error('the operator was not ready in time')
}

async function stop(running: Replica[]): Promise<void> {
  for (const { child } of running.splice(0)) {
    child.kill('SIGTERM')
    if (child.exitCode === null) await new Promise((resolve) => child.on('exit', resolve))
  }
}

const isReady = ({ status }: Json): boolean =>
  (status?.conditions ?? []).some(({ type, status: is }: Json) => type === 'Ready' && is === 'True')

async function untilAllReady({ admin }: TestCluster): Promise<void> {
  const end = performance.now() + WAIT_MS
  for (;;) {
    const objects = [...(await admin.get(pathOf('sources'))).items, ...(await admin.get(pathOf('workflows'))).items]
    const waiting = objects.filter((object) => !isReady(object))
    if (waiting.length === 0) return
    if (performance.now() > end) throw new Error(`not ready: ${JSON.stringify(waiting[0].status)}`)
    await sleep(200)
  }
}

async function untilOneReady({ admin }: TestCluster, name: string): Promise<number> {
  const began = performance.now()
  await admin.create(pathOf('workflows'), workflow(name))
  while (!isReady(await admin.get(`${pathOf('workflows')}/${name}`))) {
    if (performance.now() - began > WAIT_MS) throw new Error(`${name} did not become Ready`)
    await sleep(2)
  }
  return performance.now() - began
}

/** Requests of the operator as the audit log has them; a watch counts when it begins and when it ends. */
const requestsOf = ({ plane }: TestCluster): number =>
  readFileSync(plane.auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"userAgent":"inquest"')).length

const residentMib = (pid: number): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
