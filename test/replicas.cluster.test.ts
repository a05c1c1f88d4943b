import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Json } from '../control-plane/api.ts'
import { openDatabase, type Database } from '#store'
import { serve, until, type Ended, type Served } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { startLink, type Link } from './link.ts'
import { startModelServer, type ModelServer } from './model-server.ts'
import { startOperatorCluster, type OperatorCluster } from './operator-cluster.ts'
import { freshDatabase } from './postgres.ts'

/**
 * Two real operators, each with the chart's rights, on one PostgreSQL and one API server, to which each has a link of its own that can be
 * cut. A scene is an alert (its name) and what becomes of it; the model's vendor, kubectl and the sink count by scene.
 */
const KINDS = '/apis/inquest.dev/v1alpha1/namespaces/shop'
/** Only ends a test that has failed; the machine may be busy. What is measured is printed. */
const WAIT_MS = 60_000

interface Replica {
  name: string
  api: Link
  postgres: Link
  process: Served
}

let cluster: OperatorCluster
let fresh: Awaited<ReturnType<typeof freshDatabase>>
let database: Database
let vendor: ModelServer
const replicas: Replica[] = []
const figures: string[] = []

/** What holds the model's second answer up, by scene: the first request for it waits, later ones do not. */
const holds = new Map<string, { came: boolean; letGo(): void; gone: Promise<void> }>()
const sent: { scene: string; key: string }[] = []
const sceneIn = (text: string): string => /Scene\w+/.exec(text)?.[0] ?? ''
const chat = createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  request.on('end', () => {
    sent.push({ scene: sceneIn(text), key: String(request.headers['idempotency-key']) })
    response.writeHead(204).end()
  })
})

const at = (path: string): string => join(cluster.folder.path, path)
const answersIn = (body: any): number => body.messages.filter(({ role }: { role: string }) => role === 'assistant').length
/** Which of its answers the model was asked for, in order. */
const turns = (scene: string): number[] => vendor.requests.filter(({ raw }) => sceneIn(raw) === scene).map(({ body }) => answersIn(body))
/** Each call of kubectl for a scene: by which process, and for what. */
const kubectlCalls = (scene: string): { pid: number; what: string }[] =>
  readFileSync(at('kubectl-calls'), 'utf8')
    .split('\n')
    .filter((line) => line.includes(`scene=${scene}`))
    .map((line) => ({ pid: parseInt(line), what: / -- (\w+)/.exec(line)![1]! }))

async function startVendor(): Promise<ModelServer> {
  return startModelServer(async ({ body, raw }) => {
    const scene = sceneIn(raw)
    const kubectl = (what: string) => ({ name: 'kubectl', input: { command: `kubectl get ${what} -l scene=${scene} -n shop` } })
    if (answersIn(body) === 0) return { text: 'Let me look.', calls: [kubectl('pods'), kubectl('services')] }
    const hold = holds.get(scene)
    if (hold && !hold.came) {
      hold.came = true
      await hold.gone
    }
    return { calls: [{ name: 'conclude', input: { rootCause: null, added: `I looked for ${scene}.` } }] }
  })
}

/** The links of a process are its own and outlive it: the next one of that name has the same. */
async function start(name: string, env: NodeJS.ProcessEnv = {}): Promise<Replica> {
  const before = replicas.find((one) => one.name === name)
  const [api, postgres] = before
    ? [before.api, before.postgres]
    : await Promise.all([startLink(new URL(cluster.plane.url)), startLink(new URL(fresh.url))])
  if (!before) {
    const config = JSON.parse(readFileSync(at('inquest-inquest.kubeconfig'), 'utf8'))
    config.clusters[0].cluster.server = api.url
    writeFileSync(at(`${name}.kubeconfig`), JSON.stringify(config))
  }
  const url = new URL(fresh.url)
  url.port = new URL(postgres.url).port
  const process = await serve(
    ['--kubeconfig', at(`${name}.kubeconfig`), '--data-dir', at(name), '--kubectl', at('kubectl'), '--shutdown-timeout', '1s'].concat(
      // One at a time: two investigations are at work in two processes.
      ['--concurrency', '1'],
    ),
    { DATABASE_URL: url.href, ...env },
  )
  const replica = { name, api, postgres, process }
  if (before) replicas.splice(replicas.indexOf(before), 1)
  replicas.push(replica)
  await until(async () => (await readyz(replica)).status === 200, WAIT_MS, `${name} to be ready`)
  return replica
}

async function readyz({ process }: Replica): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${process.apiUrl}/readyz`)
  return { status: answer.status, text: await answer.text() }
}

/** Sends the scene's alert to a replica; answers with its status. */
async function fire({ process }: Replica, scene: string, status = 'firing'): Promise<number> {
  const labels = { alertname: scene, namespace: 'shop', deployment: 'web' }
  const alert = { status, labels, annotations: {}, startsAt: '2026-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00Z', generatorURL: '' }
  const shared = { groupLabels: labels, commonLabels: labels, commonAnnotations: {}, externalURL: '', truncatedAlerts: 0 }
  const body = { version: '4', groupKey: `{}:{${scene}}`, status, receiver: 'inquest', ...shared, alerts: [alert] }
  const answer = await fetch(`${process.webhookUrl}/webhooks/shop/alerts`, {
    method: 'POST',
    headers: { authorization: 'Bearer hook-token', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await answer.text()
  return answer.status
}

function hold(scene: string): { letGo(): void } {
  const { promise: gone, resolve: letGo } = Promise.withResolvers<void>()
  const held = { came: false, gone, letGo }
  holds.set(scene, held)
  return held
}
/** Fires at both, waits until the model is asked for its second answer, and says who asks. */
async function underWay(scene: string): Promise<Replica> {
  expect(await Promise.all(replicas.map((one) => fire(one, scene)))).toEqual(replicas.map(() => 200))
  await until(() => holds.get(scene)!.came, WAIT_MS, `${scene} to be under way`)
  return runner(scene)
}
function runner(scene: string): Replica {
  const { pid } = kubectlCalls(scene).at(-1)!
  return replicas.find(({ process }) => process.child.pid === pid)!
}
const other = (than: Replica): Replica => replicas.find((one) => one !== than)!

const rows = async (scene: string): Promise<any[]> =>
  (await database.pool.query('select *, (revision > shown) as unshown from investigations where title like $1', [`%${scene}%`])).rows
async function ended(scene: string): Promise<any> {
  return until(
    async () => {
      const [row] = await rows(scene)
      return row?.completed_at && sent.some((one) => one.scene === scene) ? row : null
    },
    WAIT_MS,
    `${scene} to end and be told`,
  )
}
/** How many of the processes say that the API server answers them. */
const seeing = async (): Promise<number> => (await database.pool.query('select 1 from executors where sees_cluster')).rows.length
const LEADS = 'this process is the leader'
const leads = ({ process }: Replica): boolean =>
  process.logs().findLast(({ msg }) => String(msg).startsWith(LEADS))?.['msg'] === `${LEADS} now`

/** Makes the process that runs a scene's investigation the leader, as if it had always been: it is killed as both then. */
async function makeLeader(replica: Replica, scene: string): Promise<void> {
  const [{ id, attempt }] = await rows(scene)
  const run = await database.pool.query('select executor_id from dbos.workflow_status where workflow_uuid = $1', [`${id}/${attempt}`])
  await database.pool.query(
    `insert into leases values ('operator', $1, now() + interval '7 s') on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at`,
    [run.rows[0].executor_id],
  )
  await until(() => leads(replica) && !leads(other(replica)), WAIT_MS, `${replica.name} to lead`)
}

const objectOf = (row: { name: string }): Promise<Json> => cluster.admin.get(`${KINDS}/investigations/${row.name}`)
const shown = (row: { name: string }, phase = 'Succeeded'): Promise<Json> =>
  until(
    async () => {
      const object = await objectOf(row).catch(() => null)
      return object?.status?.phase === phase ? object : null
    },
    WAIT_MS,
    `${row.name} to be shown as ${phase}`,
  )
async function eventsOf(row: { name: string }): Promise<string[]> {
  const { items } = await cluster.admin.get('/apis/events.k8s.io/v1/namespaces/shop/events')
  return items.filter(({ regarding }: Json) => regarding.name === row.name).map(({ reason }: Json) => reason)
}
/** A Sink that is applied now is judged by whoever leads; answers with the milliseconds that it took. */
async function judged(name: string): Promise<number> {
  const began = performance.now()
  await put('Sink', 'sinks', name, { stdout: {} })
  await until(
    async () => (await cluster.admin.get(`${KINDS}/sinks/${name}`)).status?.conditions?.[0]?.status === 'True',
    WAIT_MS,
    `Sink ${name} to be judged`,
  )
  return performance.now() - began
}
const put = (kind: string, plural: string, name: string, spec: object): Promise<Json> =>
  cluster.admin.apply(`${KINDS}/${plural}/${name}`, { apiVersion: 'inquest.dev/v1alpha1', kind, metadata: { name }, spec }, 'test')

/** What holds of every scene, however it went: one investigation, one message, and nothing recorded twice. */
async function expectOnce(scene: string, more: { turns: number[]; row: object }): Promise<void> {
  const all = await rows(scene)
  expect(all).toMatchObject([{ phase: 'Succeeded', ...more.row }])
  expect(sent.filter((one) => one.scene === scene)).toHaveLength(1)
  expect(turns(scene)).toEqual(more.turns)
  const firstTurns = more.turns.filter((turn) => turn === 0).length
  expect(
    kubectlCalls(scene)
      .map(({ what }) => what)
      .sort(),
  ).toEqual(['pods', 'services'].flatMap((what) => Array.from({ length: firstTurns }, () => what)))
  const { rows: events } = await database.pool.query(
    `select type, step, count(*)::int as n from investigation_events where investigation_id = $1 and attempt = $2
     and type in ('step-succeeded', 'succeeded') group by type, step order by type, step`,
    [all[0].id, all[0].attempt],
  )
  expect(events).toEqual([
    { type: 'step-succeeded', step: 'ask', n: 1 },
    { type: 'step-succeeded', step: 'look', n: 1 },
    { type: 'succeeded', step: '', n: 1 },
  ])
  const object = await shown(all[0])
  expect(object.status.conditions).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'Succeeded', status: 'True' })]))
  const reasons = await eventsOf(all[0])
  expect(new Set(reasons).size).toBe(reasons.length)
}

const isAlive = ({ process: { child } }: Replica): boolean => child.exitCode === null && child.signalCode === null

async function kill({ process }: Replica): Promise<void> {
  process.child.kill('SIGKILL')
  await process.ended
}
/** What a process that was taken for dead says when it comes back. */
function expectLeft({ code, err }: Ended): void {
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('took this one') })
}

beforeAll(async () => {
  ;[cluster, fresh] = await Promise.all([startOperatorCluster(), freshDatabase()])
  chat.listen(0, '127.0.0.1')
  await once(chat, 'listening')
  vendor = await startVendor()
  writeFileSync(at('kubectl-calls'), '')
  writeFileSync(at('kubectl'), `#!/bin/sh\necho "$PPID $*" >> ${at('kubectl-calls')}\nexec ${await kubectlPath()} "$@"\n`)
  chmodSync(at('kubectl'), 0o755)
  const { admin } = cluster
  await admin.create('/api/v1/namespaces', { metadata: { name: 'shop' } })
  await cluster.account('shop', 'inquest-agent')
  await cluster.bind('shop', 'inquest-agent', 'shop/inquest-agent')
  await cluster.bind(null, 'inquest-agent-cluster', 'shop/inquest-agent')
  await cluster.secretReader('shop', ['keys'])
  await admin.create('/api/v1/namespaces/shop/secrets', { metadata: { name: 'keys' }, stringData: { hook: 'hook-token', model: 'sk-1' } })
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] } }
  await admin.create('/apis/apps/v1/namespaces/shop/deployments', {
    metadata: { name: 'web' },
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
  })
  const key = (name: string) => ({ name: 'keys', key: name })
  const model = { provider: 'openai-compatible', name: 'some', baseURL: vendor.baseURL('compatible'), apiKeySecretRef: key('model') }
  await put('Sink', 'sinks', 'chat', { webhook: { url: `http://127.0.0.1:${(chat.address() as AddressInfo).port}/` } })
  await put('Workflow', 'workflows', 'ask', {
    model,
    steps: [
      { name: 'look', diagnose: {} },
      { name: 'ask', agent: { tools: ['kubectl'] } },
    ],
    sinks: [{ sinkRef: { name: 'chat' } }],
  })
  await put('Source', 'sources', 'alerts', {
    alertmanager: {},
    auth: { bearer: { secretKeyRef: key('hook') } },
    grouping: { window: '100ms' },
    workflowRef: { name: 'ask' },
  })
  await cluster.kubeconfigOf('inquest', 'inquest')
  database = await openDatabase({ url: fresh.url })
})
/** Two that are well, whatever the scene before left. */
beforeEach(async () => {
  for (const { letGo } of holds.values()) letGo()
  await Promise.all(replicas.flatMap(({ api, postgres }) => [api.mend(), postgres.mend()]))
  await Promise.all(['one', 'two'].filter((name) => !replicas.some((one) => one.name === name && isAlive(one))).map((name) => start(name)))
})
afterAll(async () => {
  if (figures.length > 0) console.log(figures.join('\n'))
  for (const { letGo } of holds.values()) letGo()
  for (const { process } of replicas) process.child.kill('SIGKILL')
  await Promise.all(replicas.map(({ process }) => process.ended))
  await Promise.all(replicas.flatMap(({ api, postgres }) => [api.close(), postgres.close()]))
  await vendor?.close()
  chat.closeAllConnections()
  chat.close()
  await database?.close()
  await fresh?.drop()
  await cluster?.stop()
})

test('both take alerts and both work; the same alert at both is one investigation', { timeout: 180_000 }, async () => {
  const held = ['SceneFirst', 'SceneSecond'].map(hold)
  await underWay('SceneFirst')
  await underWay('SceneSecond')
  expect(runner('SceneFirst')).not.toBe(runner('SceneSecond'))
  expect(replicas.filter(leads)).toHaveLength(1)
  for (const { letGo } of held) letGo()
  for (const scene of ['SceneFirst', 'SceneSecond']) {
    await ended(scene)
    await expectOnce(scene, { turns: [0, 1], row: { takeovers: 0, attempt: 1 } })
  }
})

test('kill -9 of the one that works and leads: the other goes on with both within 10 s', { timeout: 180_000 }, async () => {
  hold('SceneKilled')
  const victim = await underWay('SceneKilled')
  const heir = other(victim)
  await makeLeader(victim, 'SceneKilled')
  const killedAt = performance.now()
  await kill(victim)
  const status = judged('after-the-kill')
  await until(() => turns('SceneKilled').length === 3, WAIT_MS, 'the other to go on')
  const workMs = performance.now() - killedAt
  const statusMs = await status
  figures.push(`killed: the other went on with the investigation after ${seconds(workMs)}, and with statuses after ${seconds(statusMs)}`)
  // Of the clock's doing is 9 s of work's and 9.3 s of the leader's; the rest is the machine's.
  expect(Math.max(workMs, statusMs)).toBeLessThan(30_000)
  await ended('SceneKilled')
  await expectOnce('SceneKilled', { turns: [0, 1, 1], row: { takeovers: 1, attempt: 1 } })
  expect(leads(heir)).toBe(true)
})

test('SIGSTOP for longer than its lease, then SIGCONT: it sends and records nothing more, and ends', { timeout: 180_000 }, async () => {
  const held = hold('SceneStopped')
  const victim = await underWay('SceneStopped')
  await makeLeader(victim, 'SceneStopped')
  victim.process.child.kill('SIGSTOP')
  const row = await ended('SceneStopped')
  const object = await shown(row)
  const { rows: before } = await database.pool.query('select * from investigation_events where investigation_id = $1 order by id', [row.id])
  // Its answer is there when it wakes up.
  held.letGo()
  victim.process.child.kill('SIGCONT')
  expectLeft(await victim.process.ended)
  await expectOnce('SceneStopped', { turns: [0, 1, 1], row: { takeovers: 1, attempt: 1, epoch: row.epoch } })
  const { rows: after } = await database.pool.query('select * from investigation_events where investigation_id = $1 order by id', [row.id])
  expect(after).toEqual(before)
  expect((await objectOf(row)).metadata.resourceVersion).toBe(object.metadata.resourceVersion)
})

test(
  'cut off from the API server: takes alerts, ends what it runs, leads no more and leaves new work to the other',
  { timeout: 180_000 },
  async () => {
    const held = hold('SceneNoApi')
    const victim = await underWay('SceneNoApi')
    const heir = other(victim)
    await makeLeader(victim, 'SceneNoApi')
    // What runs does not notice that its Workflow is edited, and then deleted.
    const workflow = await cluster.admin.get(`${KINDS}/workflows/ask`)
    await cluster.admin.merge(`${KINDS}/workflows/ask`, { spec: { sinks: [] } })
    const cutAt = performance.now()
    await victim.api.cut()
    await until(() => !leads(victim) && leads(heir), WAIT_MS, 'the other to lead')
    figures.push(`cut off from the API server: the other led after ${seconds(performance.now() - cutAt)}`)
    await judged('without-an-api')
    expect(await fire(victim, 'SceneMeanwhile')).toBe(200)
    expect((await readyz(victim)).status).toBe(200)
    await cluster.admin.delete(`${KINDS}/workflows/ask`)
    held.letGo()
    await ended('SceneNoApi')
    await expectOnce('SceneNoApi', { turns: [0, 1], row: { takeovers: 0, attempt: 1 } })
    expect(runner('SceneNoApi')).toBe(victim)
    await put('Workflow', 'workflows', 'ask', workflow.spec)
    const [meanwhile] = await until(async () => ((await rows('SceneMeanwhile'))[0]?.completed_at ? rows('SceneMeanwhile') : null))
    await shown(meanwhile, meanwhile.phase)

    // It has nothing to do now, and the other has its hands full: still all of it is done by the one that sees.
    const left = ['SceneLeftOne', 'SceneLeftTwo']
    for (const scene of left) expect(await fire(victim, scene)).toBe(200)
    for (const scene of left) {
      await ended(scene)
      await expectOnce(scene, { turns: [0, 1], row: { takeovers: 0, attempt: 1 } })
      expect(runner(scene)).toBe(heir)
    }

    // When nobody sees, work waits.
    await heir.api.cut()
    await until(async () => (await seeing()) === 0, WAIT_MS, 'both to say that they see nothing')
    expect(await fire(victim, 'SceneDark')).toBe(200)
    const isHeld = async () =>
      (
        await database.pool.query(`select 1 from dbos.workflow_status where workflow_uuid = $1 and status = 'PENDING'`, [
          `${(await rows('SceneDark'))[0]?.id}/1`,
        ])
      ).rows[0]
    await until(isHeld, WAIT_MS, 'the investigation to be held')
    expect(kubectlCalls('SceneDark')).toEqual([])
    const lightAt = performance.now()
    await Promise.all([victim.api.mend(), heir.api.mend()])
    await until(async () => (await rows('SceneDark'))[0]?.completed_at, WAIT_MS, 'SceneDark to end')
    figures.push(`the API server was back: an investigation that had waited ended after ${seconds(performance.now() - lightAt)}`)
    // Whose manifests it started with, and so whom it told, is up to who was quicker.
    expect(await rows('SceneDark')).toMatchObject([{ phase: 'Succeeded', reason: 'Complete', takeovers: 0, attempt: 1 }])
    expect(turns('SceneDark')).toEqual([0, 1])
    await until(async () => (await readyz(victim)).text.trim() === 'ok', WAIT_MS, 'the link to be back')
    expect(replicas.filter(leads)).toHaveLength(1)
  },
)

test(
  'cut off from PostgreSQL: has senders keep their alerts, does nothing more, and its work is taken over',
  { timeout: 180_000 },
  async () => {
    const held = hold('SceneNoDatabase')
    const victim = await underWay('SceneNoDatabase')
    const heir = other(victim)
    await makeLeader(victim, 'SceneNoDatabase')
    await victim.postgres.cut()
    expect(await fire(victim, 'SceneElsewhere')).toBe(503)
    expect((await readyz(victim)).status).toBe(503)
    // What it learns now it can write down nowhere.
    held.letGo()
    const row = await ended('SceneNoDatabase')
    expect(kubectlCalls('SceneNoDatabase').map(({ pid }) => pid)).toEqual([victim, victim].map(({ process }) => process.child.pid))
    await until(() => leads(heir) && !leads(victim), WAIT_MS, 'the other to lead')
    await expectOnce('SceneNoDatabase', { turns: [0, 1, 1], row: { takeovers: 1, attempt: 1, epoch: row.epoch } })
    expect(await fire(heir, 'SceneElsewhere')).toBe(200)
    await ended('SceneElsewhere')
    await victim.postgres.mend()
    expectLeft(await victim.process.ended)
    await expectOnce('SceneNoDatabase', { turns: [0, 1, 1], row: { takeovers: 1, attempt: 1, epoch: row.epoch } })
  },
)

test('a rolling upgrade to another version of the engine, with work in flight', { timeout: 180_000 }, async () => {
  const held = hold('SceneUpgraded')
  const old = [...replicas]
  await underWay('SceneUpgraded')
  const next = await start('three', { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'fixtures/next-version.ts')}` })
  // Both versions are there: what is new is done by either.
  expect(await fire(next, 'SceneBetween')).toBe(200)
  await ended('SceneBetween')
  await expectOnce('SceneBetween', { turns: [0, 1], row: { takeovers: 0, attempt: 1 } })
  for (const { process } of old) process.child.kill('SIGTERM')
  expect((await Promise.all(old.map(({ process }) => process.ended))).map(({ code }) => code)).toEqual([0, 0])
  held.letGo()
  await ended('SceneUpgraded')
  // Its records are of the other version: it begins anew, and tells once.
  await expectOnce('SceneUpgraded', { turns: [0, 1, 0, 1], row: { takeovers: 0, attempt: 2, engine_version: 'next' } })
})

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
