import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '#store'
import { kubeconfig, startTestCluster, type TestCluster } from './cluster.ts'
import { inquest, serve, until, type Served } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { startLink, type Link } from './link.ts'
import { freshDatabase, temporaryFolder } from './postgres.ts'

const root = join(import.meta.dirname, '..')
const alert = readFileSync(join(root, 'scenarios/checkout-rollout/alert.json'), 'utf8')

let cluster: TestCluster
let link: Link
let database: Awaited<ReturnType<typeof freshDatabase>>
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: Served
const start = (): Promise<Served> =>
  serve(['--kubeconfig', join(folder.path, 'kubeconfig'), '--data-dir', join(folder.path, 'data')], { DATABASE_URL: database.url })

beforeAll(async () => {
  cluster = await startTestCluster()
  link = await startLink(new URL(cluster.plane.url))
  database = await freshDatabase()
  folder = await temporaryFolder()
  const config = kubeconfig(link.url, cluster.plane.caFile, cluster.plane.token)
  await writeFile(join(folder.path, 'kubeconfig'), JSON.stringify(config), { mode: 0o600 })
}, 60_000)
afterAll(async () => {
  server?.child.kill('SIGKILL')
  await server?.ended
  await link?.close()
  await cluster?.stop()
  await database?.drop()
  await folder?.remove()
})

async function readyz(): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${server.apiUrl}/readyz`)
  return { status: answer.status, text: await answer.text() }
}
async function kubectl(args: string[], input = ''): Promise<string> {
  const running = promisify(execFile)(await kubectlPath(), ['--kubeconfig', cluster.plane.kubeconfig, ...args])
  running.child.stdin!.end(input)
  return (await running).stdout
}
const isReady = async (): Promise<boolean> => (await readyz()).status === 200
const post = async (): Promise<number> =>
  (
    await fetch(`${server.webhookUrl}/webhooks/default/alerts`, {
      method: 'POST',
      body: alert,
      headers: { 'content-type': 'application/json' },
    })
  ).status
const create = (kind: string, plural: string, name: string, spec: object): Promise<unknown> =>
  cluster.admin.create(`/apis/inquest.dev/v1alpha1/namespaces/default/${plural}`, {
    apiVersion: 'inquest.dev/v1alpha1',
    kind,
    metadata: { name },
    spec,
  })

test('without CRDs it serves, is not ready, says why, and has the sender keep its alerts', async () => {
  server = await start()
  await until(async () => (await readyz()).text.includes('cannot list sources.inquest.dev: '))
  expect((await readyz()).status).toBe(503)
  expect((await readyz()).text).toContain('the manifests have not been read yet; ')
  expect(await post()).toBe(503)
})

test('is ready once they are there, and takes alerts for what is applied', async () => {
  const { out } = await inquest(['crds'])
  expect(await kubectl(['apply', '--server-side', '-f', '-'], out)).toContain('sources.inquest.dev serverside-applied')
  await until(isReady)
  expect(await post()).toBe(404)
  await create('Workflow', 'workflows', 'triage', { steps: [{ name: 'look', diagnose: {} }] })
  await create('Source', 'sources', 'alerts', { alertmanager: {}, auth: { none: {} }, workflowRef: { name: 'triage' } })
  await until(async () => (await post()) === 200)
})

test('tells people with kubectl how things stand', async () => {
  expect(await kubectl(['wait', '--for=condition=Accepted', 'source/alerts', 'workflow/triage', '--timeout=30s'])).toContain(
    'condition met',
  )
  expect(await kubectl(['get', 'sources,workflows,sinks', '-A'])).toMatch(
    /^default +source\.inquest\.dev\/alerts +triage +True +True +\d+s$/m,
  )
  const wide = await kubectl(['get', 'workflows', '-A', '-o', 'wide'])
  expect(wide).toMatch(/^default +triage +True +False +\d+s +spec\.serviceAccountName: .*inquest-agent/m)
  expect(await kubectl(['get', 'inquest'])).toContain('workflow.inquest.dev/triage')
  expect(await kubectl(['describe', 'source', 'alerts'])).toMatch(/Alerts are taken at \/webhooks\/default\/alerts\./)
})

test('sends nothing to the API server or to what hands out a machine’s credentials, whatever a Sink says', async () => {
  const sinks = {
    api: `https://localhost:${new URL(link.url).port}/api/v1/namespaces`,
    metadata: 'http://169.254.169.254/latest/meta-data/',
  }
  for (const [name, url] of Object.entries(sinks)) await create('Sink', 'sinks', name, { webhook: { url } })
  const steps = [{ name: 'look', diagnose: {} }]
  await create('Workflow', 'workflows', 'leak', { steps, sinks: Object.keys(sinks).map((name) => ({ sinkRef: { name } })) })
  await kubectl(['wait', '--for=condition=Accepted', 'workflow/leak', '--timeout=30s'])
  await create('Investigation', 'investigations', 'leak', { workflowRef: { name: 'leak' } })
  const opened = await openDatabase({ url: database.url })
  const failed = await until(async () => {
    const { rows } = await opened.pool.query(`select sink, error from deliveries where status = 'failed' order by sink`)
    return rows.length === 2 ? rows : null
  })
  await opened.close()
  expect(failed).toEqual([
    { sink: 'default/api', error: expect.stringContaining('is the Kubernetes API server, which is not reached this way') },
    { sink: 'default/metadata', error: '169.254.169.254 is a link-local or metadata address and is never asked' },
  ])
})

test('goes on with alerts while the API server is away, and says so', async () => {
  await link.cut()
  await until(async () => (await readyz()).text.includes('cannot reach context test'))
  expect((await readyz()).status).toBe(200)
  expect(await post()).toBe(200)
})

test('a process that starts meanwhile has the sender keep its alerts until it has seen its Sources', async () => {
  server.child.kill('SIGKILL')
  await server.ended
  server = await start()
  expect(await post()).toBe(503)
  expect((await readyz()).status).toBe(503)
  await link.mend()
  await until(isReady)
  expect(await post()).toBe(200)
})
