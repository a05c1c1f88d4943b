import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '#store'
import { serve, until, type Served } from './inquest.ts'
import { startOperatorCluster, type OperatorCluster } from './operator-cluster.ts'
import { freshDatabase } from './postgres.ts'

/** A `kubernetes` Source in the whole operator, with exactly the rights that the chart gives. Statuses are written as a kubelet writes them. */
const KINDS = '/apis/inquest.dev/v1alpha1/namespaces/shop'
const PODS = '/api/v1/namespaces/shop/pods'
const AGENT = 'system:serviceaccount:shop:inquest-agent'

let cluster: OperatorCluster
let server: Served
let database: Awaited<ReturnType<typeof freshDatabase>>
let opened: Database
let args: string[]

beforeAll(async () => {
  cluster = await startOperatorCluster()
  database = await freshDatabase()
  const { admin } = cluster
  await admin.create('/api/v1/namespaces', { metadata: { name: 'shop' } })
  await cluster.account('shop', 'inquest-agent')
  const create = (kind: string, plural: string, name: string, spec: object) =>
    admin.create(`${KINDS}/${plural}`, { apiVersion: 'inquest.dev/v1alpha1', kind, metadata: { name }, spec })
  await create('Workflow', 'workflows', 'look', { steps: [{ name: 'look', diagnose: {} }] })
  await create('Source', 'sources', 'watch', {
    kubernetes: { problems: ['CrashLoop', 'FailedJob'] },
    grouping: { window: '1s' },
    workflowRef: { name: 'look' },
  })
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'registry.example/web:1' }] } }
  const spec = { replicas: 2, selector: { matchLabels: labels }, template }
  await admin.create('/apis/apps/v1/namespaces/shop/deployments', { metadata: { name: 'web' }, spec })
  args = ['--kubeconfig', await cluster.kubeconfigOf('inquest', 'inquest'), '--data-dir', join(cluster.folder.path, 'data')]
  server = await serve(args, { DATABASE_URL: database.url })
  opened = await openDatabase({ url: database.url })
}, 90_000)
afterAll(async () => {
  server?.child.kill('SIGKILL')
  await server?.ended
  await opened?.close()
  await cluster?.stop()
  await database?.drop()
})

const ready = async (): Promise<{ status: string; reason: string; message: string } | undefined> =>
  (await cluster.admin.get(`${KINDS}/sources/watch`)).status?.conditions?.find(({ type }: { type: string }) => type === 'Ready')
async function rows(): Promise<{ title: string; status: string; labels: Record<string, string>; opened: Date }[]> {
  const query = `select title, status, labels, opened_at as opened from incidents where source = 'shop/watch'`
  return (await opened.pool.query(query)).rows
}
async function crash(state: object): Promise<void> {
  const { items } = await cluster.admin.get(PODS)
  const containerStatuses = [{ name: 'c', image: 'i', imageID: '', ready: false, restartCount: 3, ...state }]
  for (const { metadata } of items) await cluster.admin.merge(`${PODS}/${metadata.name}/status`, { status: { containerStatuses } })
}

test('says in its condition what it may not watch, and begins by itself once it may', async () => {
  const said = await until(async () => ((await ready())?.reason === 'CannotWatch' ? ready() : null))
  expect(said.message).toContain('pods is forbidden')
  await cluster.bind('shop', 'inquest-agent', 'shop/inquest-agent')
  await until(async () => (await ready())?.message.startsWith('The cluster is watched.'))
})

test('a crash loop is an incident of its Deployment', async () => {
  await until(async () => (await cluster.admin.get(PODS)).items.length === 2)
  const began = Date.now()
  await crash({ state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } } })
  const [incident] = await until(async () => ((await rows()).length > 0 ? rows() : null))
  // For people; a busy machine must not fail the test.
  console.log(`from the status to the incident: ${incident!.opened.getTime() - began} ms`)
  expect(await rows()).toEqual([
    { title: 'KubePodCrashLooping', status: 'open', labels: { namespace: 'shop', deployment: 'web' }, opened: expect.anything() },
  ])
})

test('what heals while nobody watches is resolved at the next start', async () => {
  server.child.kill('SIGKILL')
  await server.ended
  await crash({ ready: true, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } })
  server = await serve(args, { DATABASE_URL: database.url })
  await until(async () => (await rows())[0]!.status === 'resolved')
  expect(await rows()).toHaveLength(1)
})

test('it watches its own namespace, the kinds that it needs, and as nobody but the account', () => {
  const watched = cluster.asked().filter(({ verb, resource }) => verb === 'watch' && ['pods', 'jobs', 'nodes'].includes(resource))
  const byInquest = watched.filter(({ user }) => user.startsWith('system:serviceaccount:inquest:') || user === AGENT)
  expect(new Set(byInquest.map(({ user, namespace, resource }) => `${user} ${namespace}/${resource}`))).toEqual(
    new Set([`${AGENT} shop/pods`, `${AGENT} shop/jobs`]),
  )
})
