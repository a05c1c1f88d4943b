import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '#store'
import { serve, until, type Served } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { startOperatorCluster, type OperatorCluster } from './operator-cluster.ts'
import { startLink, type Link } from './link.ts'
import { freshDatabase } from './postgres.ts'

/**
 * A `kubernetes` Source in the whole operator, with exactly the rights that the chart gives, and kubectl steps of its Workflow. Statuses are
 * written as a kubelet writes them.
 */
const KINDS = '/apis/inquest.dev/v1alpha1/namespaces/shop'
const PODS = '/api/v1/namespaces/shop/pods'
const AGENT = 'system:serviceaccount:shop:inquest-agent'
const MANY = 1_000
const PODS_AT_ALL = 5_000

let cluster: OperatorCluster
let server: Served
let database: Awaited<ReturnType<typeof freshDatabase>>
let opened: Database
let args: string[]
/** The operator's way to the API server. */
let link: Link

beforeAll(async () => {
  cluster = await startOperatorCluster()
  database = await freshDatabase()
  const { admin } = cluster
  await admin.create('/api/v1/namespaces', { metadata: { name: 'shop' } })
  await cluster.account('shop', 'inquest-agent')
  const create = (kind: string, plural: string, name: string, spec: object, namespace = 'shop') =>
    admin.create(`${KINDS.replace('/shop', `/${namespace}`)}/${plural}`, {
      apiVersion: 'inquest.dev/v1alpha1',
      kind,
      metadata: { name },
      spec,
    })
  const kubectl = (...args: string[]) => ({ kubectl: { args } })
  await create('Workflow', 'workflows', 'look', {
    steps: [
      { name: 'deployment', ...kubectl('get', 'deployment', '{{ alert.labels.deployment }}', '-o', 'json') },
      { name: 'nodes', ...kubectl('get', 'nodes'), onError: 'Continue' },
      { name: 'look', diagnose: {} },
    ],
    outputs: [{ name: 'replicas', expression: 'steps.deployment.outputs.json.spec.replicas' }],
  })
  await create('Workflow', 'workflows', 'writes', { steps: [{ name: 'restart', ...kubectl('rollout', 'restart', 'deployment/web') }] })
  await create('Source', 'sources', 'watch', {
    kubernetes: { problems: ['CrashLoop', 'FailedJob'] },
    grouping: { window: '1s' },
    workflowRef: { name: 'look' },
  })
  await create('Source', 'sources', 'warnings', {
    kubernetes: { events: { reasons: ['FailedCreate', 'Unhealthy'], resolveAfter: '10s' }, problems: ['WarningEvent'] },
    grouping: { window: '1h' },
    workflowRef: { name: 'look' },
  })
  // Nothing is investigated within the hour: what is asked of the API server is the watches' own.
  await admin.create('/api/v1/namespaces', { metadata: { name: 'many' } })
  await cluster.account('many', 'inquest-agent')
  await cluster.bind('many', 'inquest-agent', 'many/inquest-agent')
  await create('Workflow', 'workflows', 'look', { steps: [{ name: 'look', diagnose: {} }] }, 'many')
  await create('Source', 'sources', 'watch', { kubernetes: {}, grouping: { window: '1h' }, workflowRef: { name: 'look' } }, 'many')
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'registry.example/web:1' }] } }
  const spec = { replicas: 2, selector: { matchLabels: labels }, template }
  await admin.create('/apis/apps/v1/namespaces/shop/deployments', { metadata: { name: 'web' }, spec })
  link = await startLink(new URL(cluster.plane.url))
  const kubeconfig = await cluster.kubeconfigOf('inquest', 'inquest')
  writeFileSync(kubeconfig, readFileSync(kubeconfig, 'utf8').replaceAll(cluster.plane.url, link.url))
  args = ['--kubeconfig', kubeconfig, '--data-dir', join(cluster.folder.path, 'data')]
  args.push('--kubectl', await kubectlPath())
  server = await serve(args, { DATABASE_URL: database.url })
  opened = await openDatabase({ url: database.url })
}, 90_000)
afterAll(async () => {
  server?.child.kill('SIGKILL')
  await server?.ended
  await opened?.close()
  await link?.close()
  await cluster?.stop()
  await database?.drop()
})

const ready = async (): Promise<{ status: string; reason: string; message: string } | undefined> =>
  (await cluster.admin.get(`${KINDS}/sources/watch`)).status?.conditions?.find(({ type }: { type: string }) => type === 'Ready')
async function rows(source = 'shop/watch'): Promise<{ title: string; status: string; labels: Record<string, string>; opened: Date }[]> {
  const query = 'select title, status, labels, opened_at as opened from incidents where source = $1 order by opened_at'
  return (await opened.pool.query(query, [source])).rows
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

test('its Workflow runs kubectl as the account, and is told of what that may not', async () => {
  const query = `select outputs, result from investigations where completed_at is not null`
  const { outputs, result } = await until(async () => (await opened.pool.query(query)).rows[0])
  expect(outputs).toEqual({ replicas: 2 })
  expect(result.incomplete).toContainEqual(
    expect.stringMatching(
      /^Step "nodes" failed: kubectl get nodes --namespace=shop: .*nodes is forbidden.* Bind ServiceAccount shop\/inquest-agent/,
    ),
  )
  const asked = cluster.asked().filter(({ user, resource, code }) => user === AGENT && resource === 'nodes' && code === 403)
  expect(asked.length).toBeGreaterThan(0)
})

test('a Workflow whose kubectl step writes is not accepted, and says why', async () => {
  const accepted = await until(async () => {
    const { status } = await cluster.admin.get(`${KINDS}/workflows/writes`)
    return status?.conditions?.find(({ type }: { type: string }) => type === 'Accepted')
  })
  expect(accepted).toMatchObject({
    status: 'False',
    message: expect.stringMatching(/args: kubectl rollout restart changes the cluster.*approvals/),
  })
})

test('what heals while nobody watches is resolved at the next start', async () => {
  server.child.kill('SIGKILL')
  await server.ended
  await crash({ ready: true, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } })
  server = await serve(args, { DATABASE_URL: database.url })
  await until(async () => (await rows())[0]!.status === 'resolved')
  expect(await rows()).toHaveLength(1)
})

const warnings = async (): Promise<unknown[]> => (await rows('shop/warnings')).map(({ labels, status }) => ({ ...labels, status }))

test('Warning Events of a controller are an incident of the Deployment, until nothing new is told', async () => {
  const quota = { metadata: { name: 'two' }, spec: { hard: { pods: '2' } } }
  await cluster.admin.create('/api/v1/namespaces/shop/resourcequotas', quota)
  const quotas = async () => (await cluster.admin.get('/api/v1/namespaces/shop/resourcequotas/two')).status?.used?.pods
  await until(async () => (await quotas()) === '2')
  const labels = { app: 'api' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'registry.example/api:1' }] } }
  const spec = { replicas: 1, selector: { matchLabels: labels }, template }
  await cluster.admin.create('/apis/apps/v1/namespaces/shop/deployments', { metadata: { name: 'api' }, spec })
  await until(async () => (await warnings()).length > 0)
  await cluster.admin.delete('/api/v1/namespaces/shop/resourcequotas/two')
  expect((await warnings())[0]).toMatchObject({ namespace: 'shop', deployment: 'api' })
})

test('a series of the events API is told once, however often it grows', async () => {
  const { items } = await cluster.admin.get(PODS)
  const { name, uid } = items.find(({ metadata }: { metadata: { labels: { app: string } } }) => metadata.labels.app === 'web').metadata
  const at = '/apis/events.k8s.io/v1/namespaces/shop/events'
  const now = (): string => new Date().toISOString().replace('Z', '000Z')
  const event = {
    metadata: { name: 'web.unhealthy' },
    eventTime: now(),
    reportingController: 'kubelet',
    reportingInstance: 'kubelet-n1',
    action: 'Probing',
    reason: 'Unhealthy',
    type: 'Warning',
    regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name, uid },
    note: 'Readiness probe failed',
  }
  await cluster.admin.create(at, event)
  const ofWeb = async (): Promise<any[]> => (await warnings()).filter((one: any) => one.deployment === 'web')
  await until(async () => (await ofWeb()).length > 0)
  for (let count = 2; count < 12; count++) await cluster.admin.merge(`${at}/web.unhealthy`, { series: { count, lastObservedTime: now() } })
  expect(await ofWeb()).toEqual([{ namespace: 'shop', deployment: 'web', status: 'open' }])
  const { rows: episodes } = await opened.pool.query(
    `select labels->>'reason' as reason from episodes where source = 'shop/warnings' and labels->>'deployment' = 'web'`,
  )
  expect(episodes).toEqual([{ reason: 'Unhealthy' }])
  await until(async () => (await ofWeb())[0]!.status === 'resolved')
})

test(`among ${PODS_AT_ALL} pods ${MANY} crash loops at once are as many incidents, in flat memory, and nothing is asked for but the watches`, async () => {
  const at = '/api/v1/namespaces/many/pods'
  // As large as pods are: most of an object is nothing that a watch must keep.
  const env = Array.from({ length: 60 }, (_, i) => ({ name: `SETTING_${i}`, value: 'x'.repeat(40) }))
  const spec = { schedulerName: 'nobody', containers: [{ name: 'c', image: 'registry.example/web:1', env }] }
  const all = async (count: number, work: (name: string) => Promise<unknown>): Promise<void> => {
    const names = Array.from({ length: count }, (_, i) => `web-${i}`)
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let name = names.pop(); name; name = names.pop()) await work(name)
      }),
    )
  }
  const residentMb = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))![1]) / 1_024
  const empty = residentMb()
  await all(PODS_AT_ALL, (name) => cluster.admin.create(at, { metadata: { name }, spec }))
  const [before, from, began] = [residentMb(), cluster.logLength(), Date.now()]
  const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } }
  const containerStatuses = [{ name: 'c', image: 'i', imageID: '', ready: false, restartCount: 3, state }]
  await all(MANY, (name) => cluster.admin.merge(`${at}/${name}/status`, { status: { containerStatuses } }))
  await until(async () => (await rows('many/watch')).length >= MANY)
  const [took, after] = [Date.now() - began, residentMb()]
  // For people.
  console.log(
    `${MANY} statuses and incidents: ${took} ms; memory ${Math.round(empty)} MB without pods, ${Math.round(before)} MB with ${PODS_AT_ALL}, ${Math.round(after)} MB then`,
  )
  expect(after - empty).toBeLessThan(150)
  const incidents = await rows('many/watch')
  expect([incidents.length, new Set(incidents.map(({ labels }) => labels['pod'])).size]).toEqual([MANY, MANY])
  const asked = cluster.asked(from).filter(({ user }) => user === AGENT.replace('shop', 'many'))
  expect(asked.filter(({ verb }) => verb !== 'watch')).toEqual([])
}, 240_000)

const MANY_PODS = '/api/v1/namespaces/many/pods'
const CRASHING = { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } }
const ofMany = async (pod: string): Promise<string[]> =>
  (await rows('many/watch')).filter(({ labels }) => labels['pod'] === pod).map(({ status }) => status)
const lists = (from: number): number =>
  cluster.asked(from).filter(({ user, verb, resource }) => user === AGENT.replace('shop', 'many') && verb === 'list' && resource === 'pods')
    .length

test('an API server that comes back and knows nothing of where the watch was costs nothing: what changed meanwhile begins or ends, once', async () => {
  await link.cut()
  await cluster.admin.delete(`${MANY_PODS}/web-0`)
  await cluster.admin.merge(`${MANY_PODS}/web-1000/status`, { status: { containerStatuses: [CRASHING] } })
  const from = cluster.logLength()
  // Another API server, whose memory of changes begins later than that: 410 Gone.
  await cluster.plane.storeAsUsual()
  await link.mend()
  await until(async () => (await ofMany('web-0'))[0] === 'resolved')
  await until(async () => (await ofMany('web-1000')).length > 0)
  expect(lists(from)).toBeGreaterThan(0)
  expect(await rows('many/watch')).toHaveLength(MANY + 1)
}, 120_000)

test(`a start among ${PODS_AT_ALL} pods tells nothing anew`, async () => {
  server.child.kill('SIGKILL')
  await server.ended
  server = await serve(args, { DATABASE_URL: database.url })
  await cluster.admin.merge(`${MANY_PODS}/web-1001/status`, { status: { containerStatuses: [CRASHING] } })
  await until(async () => (await ofMany('web-1001')).length > 0)
  expect(await rows('many/watch')).toHaveLength(MANY + 2)
  const peakMb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))![1]) / 1_024
  // For people.
  console.log(`started among ${PODS_AT_ALL} pods: ${Math.round(peakMb)} MB at its peak`)
  expect(peakMb).toBeLessThan(500)
}, 120_000)

test('it watches its own namespace, the kinds that it needs, and as nobody but the account', () => {
  const watched = cluster
    .asked()
    .filter(
      ({ verb, resource }) => verb === 'watch' && ['pods', 'jobs', 'nodes', 'replicasets', 'events', 'deployments'].includes(resource),
    )
  const byInquest = watched.filter(({ user }) => user.startsWith('system:serviceaccount:inquest:') || user === AGENT)
  const ofShop = byInquest.filter(({ namespace }) => namespace !== 'many')
  expect(new Set(ofShop.map(({ user, namespace, resource }) => `${user} ${namespace}/${resource}`))).toEqual(
    new Set(['pods', 'jobs', 'replicasets', 'events'].map((resource) => `${AGENT} shop/${resource}`)),
  )
})
