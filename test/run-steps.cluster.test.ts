import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStore, openDatabase, type Database } from '#store'
import { parseAllDocuments } from 'yaml'
import { ApiError, type Json } from '../control-plane/api.ts'
import { serve, until, type Served } from './inquest.ts'
import { startJobKubelet, type JobKubelet, type Program } from './job-kubelet.ts'
import { startOperatorCluster, type OperatorCluster } from './operator-cluster.ts'
import { freshDatabase } from './postgres.ts'

/** `run` steps in the whole operator, with exactly the rights that the chart gives, on a real API server with real controllers. */
const AGENT = 'system:serviceaccount:shop:inquest-agent'
/** Only ends a test that has failed; the machine may be busy. */
const WAIT_MS = 60_000

let cluster: OperatorCluster
let kubelet: JobKubelet
let fresh: Awaited<ReturnType<typeof freshDatabase>>
let database: Database
let server: Served
let args: string[]

const start = (): Promise<Served> => serve(args, { DATABASE_URL: fresh.url })
const kinds = (namespace: string, plural: string): string => `/apis/inquest.dev/v1alpha1/namespaces/${namespace}/${plural}`

beforeAll(async () => {
  cluster = await startOperatorCluster({ hasNodes: true })
  fresh = await freshDatabase()
  kubelet = await startJobKubelet(cluster.plane)
  // As strict as a namespace can be.
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  for (const name of ['shop', 'full', 'bare']) {
    await cluster.admin.create('/api/v1/namespaces', { metadata: { name, labels } })
    await cluster.account(name, 'inquest-agent')
    await cluster.bind(name, 'inquest-agent', `${name}/inquest-agent`)
    if (name !== 'bare') await cluster.bind(name, 'inquest-runner', `${name}/inquest-agent`)
  }
  const quota = (name: string, hard: object) =>
    cluster.admin.create('/api/v1/namespaces/full/resourcequotas', { metadata: { name }, spec: { hard } })
  await quota('pods', { pods: '0' })
  args = ['--kubeconfig', await cluster.kubeconfigOf('inquest', 'inquest'), '--data-dir', join(cluster.folder.path, 'data')]
  server = await start()
  database = await openDatabase({ url: fresh.url })
}, 90_000)
afterAll(async () => {
  server?.child.kill('SIGKILL')
  await server?.ended
  await kubelet?.stop()
  await database?.close()
  await cluster?.stop()
  await fresh?.drop()
})

let count = 0
interface Asked {
  name: string
  image: string
  namespace: string
}
/** Asks for an investigation whose one step runs a program. */
async function ask(program: Program, run: object = {}, { namespace = 'shop', timeout = '1m', ...more }: Json = {}): Promise<Asked> {
  const name = `scene-${++count}`
  const image = `registry.example/${name}:1`
  kubelet.programs.set(image, program)
  const spec = {
    steps: [{ name: 'check', timeout, onError: 'Continue', run: { image, ...run }, ...more }],
    outputs: [{ name: 'check', expression: 'steps.check.outputs' }],
  }
  await cluster.admin.create(kinds(namespace, 'workflows'), {
    apiVersion: 'inquest.dev/v1alpha1',
    kind: 'Workflow',
    metadata: { name },
    spec,
  })
  const request = {
    apiVersion: 'inquest.dev/v1alpha1',
    kind: 'Investigation',
    metadata: { name },
    spec: { workflowRef: { name }, params: { host: 'shop.example' } },
  }
  await cluster.admin.create(kinds(namespace, 'investigations'), request)
  return { name, image, namespace }
}
const row = async ({ name, namespace }: Asked): Promise<any> =>
  (await database.pool.query('select * from investigations where namespace = $1 and name = $2', [namespace, name])).rows[0]
const ended = (asked: Asked): Promise<any> =>
  until(
    async () => {
      const found = await row(asked)
      return found?.completed_at ? found : null
    },
    WAIT_MS,
    `${asked.name} to end`,
  )
async function events(asked: Asked): Promise<{ type: string; data: Json }[]> {
  const { id } = await row(asked)
  return (await database.pool.query('select type, data from investigation_events where investigation_id = $1 order by id', [id])).rows
}
const errorOf = async (asked: Asked): Promise<string> => {
  await ended(asked)
  return String((await events(asked)).find(({ type }) => type === 'step-failed')?.data.error)
}
const jobs = async (namespace = 'shop'): Promise<Json[]> => (await cluster.admin.get(`/apis/batch/v1/namespaces/${namespace}/jobs`)).items
const pods = async (namespace = 'shop'): Promise<Json[]> => (await cluster.admin.get(`/api/v1/namespaces/${namespace}/pods`)).items
const nothingLeft = (namespace = 'shop'): Promise<unknown> =>
  until(async () => (await jobs(namespace)).length + (await pods(namespace)).length === 0, WAIT_MS, 'Job and pod to be gone')
const podOf = (image: string): Json => kubelet.ran.find((one) => one.image === image)!.pod
const made = (image: string): number => kubelet.ran.filter((one) => one.image === image).length
const running = (image: string): Promise<unknown> => until(() => made(image) > 0, WAIT_MS, 'its pod to run')

test('a program runs as a Job that fits the strictest namespace, is told of as it prints, and is gone afterwards', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const asked = await ask(
    { lines: ['looking', 'password=hunter2-hunter2', '{"reachable": false}'], until: promise },
    { command: ['dig'], args: ['+short', '{{ params.host }}', '$(TOKEN)'], env: [{ name: 'HOST', value: '$(PATH) {{ params.host }}' }] },
  )
  await until(async () => (await row(asked)) && (await events(asked)).some(({ type }) => type === 'printed'), WAIT_MS, 'it to be shown')
  const [job] = await jobs()
  expect(job.metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'inquest', 'inquest.dev/investigation': asked.name })
  expect(job.spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 3600, activeDeadlineSeconds: expect.any(Number) })
  resolve()
  const { outputs, reason } = await ended(asked)
  expect(reason).toBe('Complete')
  expect(outputs.check).toMatchObject({
    exitCode: 0,
    json: { reachable: false },
    text: 'looking\npassword=[REDACTED:password]\n{"reachable": false}',
    command: `${asked.image}: dig +short shop.example "$(TOKEN)"`,
    summary: 'exit code 0, 3 lines',
  })
  const whole = await createStore(database).artifacts.get(outputs.check.artifact)
  expect(whole!.content).toContain('looking\npassword=[REDACTED:password]')
  expect(JSON.stringify(await events(asked))).not.toContain('hunter2')
  await nothingLeft()

  const pod = podOf(asked.image)
  const [container] = pod.spec.containers
  expect(container.args).toEqual(['+short', 'shop.example', '$$(TOKEN)'])
  expect(container.env).toEqual([{ name: 'HOST', value: '$$(PATH) shop.example' }])
  expect(container.resources).toEqual({ requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } })
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } })
  expect(pod.spec.automountServiceAccountToken).toBe(false)
  // No token, and nothing else of the cluster's.
  expect(pod.spec.volumes.map(({ name }: Json) => name)).toEqual(['tmp'])
})

test('a ServiceAccount that is asked for is in the pod, and its token', async () => {
  await cluster.account('shop', 'checker')
  const asked = await ask({}, { serviceAccountName: 'checker', resources: { limits: { memory: '32Mi' } }, runAsUser: 1000 })
  await ended(asked)
  const pod = podOf(asked.image)
  expect(pod.spec).toMatchObject({
    serviceAccountName: 'checker',
    automountServiceAccountToken: true,
    securityContext: { runAsUser: 1000 },
  })
  expect(pod.spec.volumes.some(({ projected }: Json) => projected)).toBe(true)
  expect(pod.spec.containers[0].resources.requests).toEqual({ cpu: '50m', memory: '32Mi' })
})

test('all that is done for it is done as the Workflow’s ServiceAccount', () => {
  const about = cluster
    .asked()
    .filter(({ resource, user }) => resource === 'jobs' && user.startsWith('system:serviceaccount:') && !user.includes('kube-system'))
  expect(new Set(about.map(({ user, verb }) => `${user} ${verb}`))).toEqual(
    new Set(['create', 'list', 'watch', 'delete'].map((verb) => `${AGENT} ${verb}`)),
  )
  expect(cluster.asked().filter(({ user, code }) => user === AGENT && code === 403)).toEqual([])
})

test.each<[string, Program, object, Json, RegExp]>([
  [
    'ends badly',
    { lines: ['looking', 'no such host'], exitCode: 3 },
    {},
    {},
    /the program ended with exit code 3; it printed at last: looking ⏎ no such host/,
  ],
  [
    'uses too much memory',
    { exitCode: 137, reason: 'OOMKilled' },
    {},
    {},
    /exit code 137 \(it used more memory than `resources.limits.memory` allows\)/,
  ],
  [
    'never ends',
    { lines: ['waiting'], never: true },
    {},
    { timeout: '4s' },
    /the program did not end within 4s and was stopped.*It printed at last: waiting/,
  ],
  [
    'has an image that cannot be pulled',
    { waits: { reason: 'ErrImagePull', message: 'manifest unknown' } },
    {},
    { timeout: '6s' },
    /the image registry.example\/scene-\d+:1 cannot be pulled: manifest unknown. Check `image`/,
  ],
  [
    'has a Secret that is not there',
    { waits: { reason: 'CreateContainerConfigError', message: 'secret "db" not found' } },
    { env: [{ name: 'PASSWORD', secretKeyRef: { name: 'db', key: 'password' } }] },
    { timeout: '6s' },
    /the container cannot be made: secret "db" not found. Check `command`, and that every Secret/,
  ],
  [
    'asks for more than a node has',
    {},
    { resources: { requests: { cpu: '64' } } },
    { timeout: '6s' },
    /no node takes its pod: 0\/1 nodes are available: 1 Insufficient cpu.*Ask for less in `resources`/,
  ],
  [
    'is refused its pod by a quota',
    {},
    {},
    { namespace: 'full', timeout: '20s' },
    /the cluster refuses its pod: .*exceeded quota: pods.*raise the ResourceQuota/,
  ],
  [
    'names an account that is not there',
    {},
    { serviceAccountName: 'ghost' },
    { timeout: '20s' },
    /the cluster refuses its pod: .*serviceaccount "ghost" not found. Create the ServiceAccount/,
  ],
  [
    'limits itself below what it asks for',
    {},
    { resources: { requests: { memory: '1Gi' }, limits: { memory: '1Mi' } } },
    {},
    /the Job is not as the cluster wants it: .*must be less than or equal to memory limit/,
  ],
  [
    'may not create Jobs',
    {},
    {},
    { namespace: 'bare' },
    /cannot create resource "jobs".*kubectl create rolebinding inquest-agent-runner -n bare --clusterrole=inquest-runner --serviceaccount=bare:inquest-agent/,
  ],
])('says what to do when it %s, in time, and leaves nothing', async (_, program, run, more, says) => {
  const asked = await ask(program, run, more)
  expect(await errorOf(asked)).toMatch(says)
  await nothingLeft(asked.namespace)
})

test('a right that is missing is in the Workflow’s condition before anything runs', async () => {
  const name = `scene-${count}`
  const ready = await until(async () => {
    const { status } = await cluster.admin.get(`${kinds('bare', 'workflows')}/${name}`)
    return status?.conditions?.find(({ type, status: is }: Json) => type === 'Ready' && is === 'False')
  })
  expect(ready.reason).toBe('RightsMissing')
  expect(ready.message).toContain('the Workflow has run steps, and ServiceAccount bare/inquest-agent may not create jobs, delete jobs')
  expect(ready.message).toContain('kubectl create rolebinding inquest-agent-runner -n bare --clusterrole=inquest-runner')
})

test('a program of the server’s own is refused from the cluster', async () => {
  const spec = { steps: [{ name: 'check', run: { command: ['/usr/bin/id'] } }] }
  await cluster.admin.create(kinds('shop', 'workflows'), {
    apiVersion: 'inquest.dev/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'own' },
    spec,
  })
  const accepted = await until(async () =>
    (await cluster.admin.get(`${kinds('shop', 'workflows')}/own`)).status?.conditions?.find(({ type }: Json) => type === 'Accepted'),
  )
  expect(accepted).toMatchObject({
    status: 'False',
    message: expect.stringContaining("without an image it is a program of the server's own"),
  })
})

test('what a policy of the cluster refuses is told in its words', async () => {
  const at = '/apis/admissionregistration.k8s.io/v1'
  const rule = { apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['jobs'] }
  const expression = `!object.spec.template.spec.containers.exists(c, c.image.contains('scene-${count + 1}'))`
  await cluster.admin.create(`${at}/validatingadmissionpolicies`, {
    metadata: { name: 'signed' },
    spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression, message: 'this image is not signed' }] },
  })
  const binding = { metadata: { name: 'signed' }, spec: { policyName: 'signed', validationActions: ['Deny'] } }
  await cluster.admin.create(`${at}/validatingadmissionpolicybindings`, binding)
  const image = `registry.example/scene-${count + 1}:1`
  const spec = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image }] } } }
  const tried = { metadata: { name: 'tried', namespace: 'bare' }, spec }
  await until(
    () =>
      cluster.admin.create('/apis/batch/v1/namespaces/bare/jobs?dryRun=All', tried).then(
        () => false,
        (error: unknown) => String(error).includes('not signed'),
      ),
    WAIT_MS,
    'the policy to be in force',
  )
  const asked = await ask({})
  expect(asked.image).toBe(image)
  expect(await errorOf(asked)).toMatch(/the Job is not as the cluster wants it: .*this image is not signed/)
  // Nothing was made: nothing is to be cleared away, or the log would say so for an hour.
  const { id } = await row(asked)
  const { rows } = await database.pool.query('select uid, cleared_at is not null as cleared from run_jobs where investigation_id = $1', [
    id,
  ])
  expect(rows).toEqual([{ uid: null, cleared: true }])
})

test('examples/run-step: an alert, a probe, and what is told of it', async () => {
  const folder = join(import.meta.dirname, '../examples/run-step')
  await cluster.secretReader('shop', ['alertmanager'])
  const objects = readdirSync(folder).flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as Json),
  )
  for (const object of objects.toSorted((a, b) => (a.kind < b.kind ? -1 : 1)))
    await cluster.admin.create(
      object.kind === 'Secret' ? '/api/v1/namespaces/shop/secrets' : kinds('shop', `${object.kind.toLowerCase()}s`),
      object,
    )
  const { image } = objects.find(({ kind }) => kind === 'Workflow')!.spec.steps[0].run
  kubelet.programs.set(image, { lines: ['{"code": "503", "seconds": 0.01 }'] })
  const instance = 'https://shop.example/?a=$(id) -x'
  const alert = { status: 'firing', labels: { alertname: 'ProbeFailed', instance }, annotations: {}, startsAt: new Date().toISOString() }
  const body = { version: '4', groupKey: 'g', status: 'firing', receiver: 'inquest', groupLabels: {}, alerts: [alert] }
  await until(async () => {
    const answer = await fetch(`${server.webhookUrl}/webhooks/shop/alertmanager`, {
      method: 'POST',
      headers: { authorization: 'Bearer change-me', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await answer.text()
    return answer.ok
  })
  const find = async () => (await database.pool.query(`select name from investigations where workflow = 'probe-and-diagnose'`)).rows[0]
  const { name } = await until(find, WAIT_MS, 'an investigation')
  const asked: Asked = { name, image, namespace: 'shop' }
  await ended(asked)
  expect(podOf(image).spec.containers[0].args.slice(-2)).toEqual(['--url', instance.replace('$', '$$$$')])
  const id = (await row(asked)).id
  const told = await database.pool.query('select sink, state, status from deliveries where investigation_id = $1', [id])
  expect(told.rows).toContainEqual({ sink: 'shop/terminal', state: expect.any(String), status: 'delivered' })
  const types = (await events(asked)).map(({ type, data }) => [type, data.step ?? data.kind])
  expect(types.filter(([type]) => type === 'step-failed')).toEqual([])
})

test('100 MB of logs cost neither memory nor the end of the log', async () => {
  const before = peak()
  const began = Date.now()
  const asked = await ask({ lines: ['the beginning'], megabytes: 100 }, {}, { timeout: '3m' })
  const { outputs } = await ended(asked)
  console.log(
    `100 MB of logs: ${((Date.now() - began) / 1_000).toFixed(1)} s, memory at most ${Math.round(before / 1024)} MB before, ${Math.round(peak() / 1024)} MB after`,
  )
  expect(outputs.check.bytes).toBeGreaterThan(99 << 20)
  const { content } = (await createStore(database).artifacts.get(outputs.check.artifact))!
  expect(content.length).toBeLessThan(1 << 20)
  expect(content).toContain('the beginning')
  expect(content).toMatch(/… \d+ lines left out …/)
  expect(peak() - before).toBeLessThan(200 * 1024)
})
/** The most that the server has used so far, kB. */
const peak = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))![1])

test('whoever cancels an investigation ends its Job', async () => {
  const asked = await ask({ never: true })
  await running(asked.image)
  await cluster.admin.delete(`${kinds('shop', 'investigations')}/${asked.name}`)
  await nothingLeft()
  expect((await ended(asked)).phase).toBe('Cancelled')
})

test('a Job that somebody deletes is not made again', async () => {
  const asked = await ask({ never: true })
  await running(asked.image)
  const [{ metadata }] = (await jobs()) as [Json]
  await cluster.admin.delete(`/apis/batch/v1/namespaces/shop/jobs/${metadata.name}`, { propagationPolicy: 'Background' })
  expect(await errorOf(asked)).toMatch(/the Job was deleted before it ended/)
  expect(made(asked.image)).toBe(1)
})

test('killed in the middle of a Job, the operator finds it again and starts no second one', async () => {
  const from = cluster.logLength()
  const { promise, resolve } = Promise.withResolvers<void>()
  const asked = await ask({ lines: ['before', 'and after'], until: promise }, {}, { timeout: '2m' })
  await running(asked.image)
  await until(async () => (await row(asked)) && (await events(asked)).some(({ type }) => type === 'printed'), WAIT_MS, 'it to be shown')
  server.child.kill('SIGKILL')
  await server.ended
  server = await start()
  await until(
    async () => (await events(asked)).some(({ data }) => String(data.text).endsWith('was there already')),
    WAIT_MS,
    'it to be found',
  )
  resolve()
  const { outputs, takeovers } = await ended(asked)
  expect(outputs.check).toMatchObject({ exitCode: 0, text: 'before\nand after' })
  expect(takeovers).toBe(1)
  expect(made(asked.image)).toBe(1)
  const created = cluster
    .asked(from)
    .filter(({ verb, resource, user, code }) => verb === 'create' && resource === 'jobs' && user === AGENT && code === 201)
  expect(created).toHaveLength(1)
  await nothingLeft()
})

test('a Job that ended while nobody was there gives its result; one of an investigation that was cancelled meanwhile goes', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const asked = await ask({ lines: ['done'], until: promise })
  await running(asked.image)
  const cancelled = await ask({ never: true })
  await running(cancelled.image)
  server.child.kill('SIGKILL')
  await server.ended
  resolve()
  await until(async () => (await jobs()).some(({ status }) => status?.succeeded === 1), WAIT_MS, 'the Job to end')
  await cluster.admin.delete(`${kinds('shop', 'investigations')}/${cancelled.name}`).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error
  })
  server = await start()
  const { outputs } = await ended(asked)
  expect(outputs.check).toMatchObject({ exitCode: 0, text: 'done' })
  expect(made(asked.image)).toBe(1)
  await nothingLeft()
  expect(await row(cancelled)).toMatchObject({ phase: 'Cancelled' })
})
