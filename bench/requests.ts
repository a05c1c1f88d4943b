import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '../control-plane/api.ts'
import { startTestCluster, type TestCluster } from '../test/cluster.ts'
import { serve } from '../test/inquest.ts'
import { startPostgres } from '../test/postgres-server.ts'
import { median, type Row } from './row.ts'

const NAMESPACE = 'bench'
const REQUESTS = 100
const WAIT_MS = 180_000

const API_VERSION = 'inquest.dev/v1alpha1'
const pathOf = (plural: string): string => `/apis/${API_VERSION}/namespaces/${NAMESPACE}/${plural}`
const made = (kind: string, metadata: Json, spec: Json): Json => ({ apiVersion: API_VERSION, kind, metadata, spec })

/** 100 Investigation objects created at once, with no model, on a real API server, PostgreSQL and one `inquest serve`: until each says what it found. */
export async function requests(): Promise<Row[]> {
  const cluster = await startTestCluster()
  const postgres = await startPostgres({ durable: true })
  const folder = mkdtempSync(join(tmpdir(), 'inquest-bench-'))
  try {
    await cluster.installCrds()
    await prepare(cluster)
    const args = ['--kubeconfig', cluster.plane.kubeconfig, '--data-dir', folder, '--log-level', 'info']
    const served = await serve(args, { DATABASE_URL: postgres.url })
    try {
      const one = await ask(cluster, 1)
      const all = await ask(cluster, REQUESTS)
      const seconds = Math.max(...all) / 1_000
      return [
        { what: 'one Investigation created: what it found is in its status', figure: one[0]!, unit: 'ms' },
        {
          what: `${REQUESTS} created at once: all of them done and shown`,
          figure: seconds,
          unit: 's',
          goal: { text: '<= 60 s', met: seconds <= 60 },
        },
        { what: 'the median of them', figure: median(all) / 1_000, unit: 's' },
      ]
    } finally {
      served.child.kill('SIGTERM')
      await served.ended
    }
  } finally {
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
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] } }
  const web = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template }
  await admin.create(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, { metadata: { name: 'web' }, spec: web })
  await admin.create(pathOf('workflows'), made('Workflow', { name: 'look' }, { steps: [{ name: 'look', diagnose: {} }] }))
}

/** Milliseconds until each was seen to have succeeded, from the moment before the first was sent. */
async function ask({ admin }: TestCluster, count: number): Promise<number[]> {
  const spec = { workflowRef: { name: 'look' }, target: { kind: 'Deployment', name: 'web' } }
  const began = performance.now()
  const asked = await Promise.all(
    Array.from({ length: count }, () => admin.create(pathOf('investigations'), made('Investigation', { generateName: 'look-' }, spec))),
  )
  const names = new Set<string>(asked.map(({ metadata }) => metadata.name))
  const took: number[] = []
  while (names.size > 0) {
    if (performance.now() - began > WAIT_MS) throw new Error(`${names.size} of ${count} are not done`)
    for (const { metadata, status } of (await admin.get(pathOf('investigations'))).items) {
      if (!names.has(metadata.name) || status?.phase === undefined || status.phase === 'Pending' || status.phase === 'Running') continue
      if (status.phase !== 'Succeeded') throw new Error(`${metadata.name}: ${JSON.stringify(status)}`)
      names.delete(metadata.name)
      took.push(performance.now() - began)
    }
    await sleep(100)
  }
  return took
}
