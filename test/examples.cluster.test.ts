import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { Json } from '../control-plane/api.ts'
import { openDatabase, type Database } from '#store'
import { serve, until, type Served } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { startOperatorCluster, type OperatorCluster } from './operator-cluster.ts'
import { freshDatabase } from './postgres.ts'

/**
 * Each folder of examples/ is applied with kubectl into a namespace of its own, as its README says, on a real API server with the rights that the
 * chart gives. Those of the sources and of kubectl steps are then used as their comments say; and wrong ones are refused where people look.
 */
const EXAMPLES = join(import.meta.dirname, '../examples')
/** The others are for a folder only: what `inquest demo` serves, and a conversation in a file beside the manifests. */
const FOLDERS = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((one) => one.isDirectory() && !['scripted', 'demo', 'demo-agent'].includes(one.name))
  .map(({ name }) => name)
const KINDS = ['sources', 'workflows', 'sinks'] as const
const BUSY = { timeout: 180_000 }

let cluster: OperatorCluster
let server: Served
let fresh: Awaited<ReturnType<typeof freshDatabase>>
let database: Database
let kubectl: string
/** Before the operator was started. */
let began: number

/** As its administrator types it; throws with what kubectl says. */
const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(kubectl, ['--kubeconfig', cluster.plane.kubeconfig, ...args])).stdout
const objects = (namespace: string, plural: string): string => `/apis/inquest.dev/v1alpha1/namespaces/${namespace}/${plural}`
const conditions = async (namespace: string, plural: string): Promise<Json[]> =>
  (await cluster.admin.get(objects(namespace, plural))).items.map(({ metadata, status }: Json) => ({
    name: metadata.name,
    ...Object.fromEntries((status?.conditions ?? []).map(({ type, status: is, message }: Json) => [type, { is, message }])),
  }))
const rows = async (sql: string, ...values: unknown[]): Promise<Json[]> => (await database.pool.query(sql, values)).rows
/** The last investigation of a Source or of its incidents, once it has ended. */
const ended = (source: string): Promise<Json> =>
  until(
    async () =>
      (
        await rows(
          `select v.* from investigations v left join incidents i on i.id = v.incident_id
           where v.completed_at is not null and (i.source = $1 or v.input->>'source' = $1) order by v.id desc limit 1`,
          source,
        )
      )[0],
    BUSY.timeout,
    source,
  )
const post = (source: string, body: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${server.webhookUrl}/webhooks/${source}`, { method: 'POST', body, headers })
const bearer = { authorization: 'Bearer change-me' }
/** No pod of it is ever made, since there is no such account. */
const deploy = (namespace: string, name = 'web'): Promise<Json> => {
  const labels = { app: name }
  const spec = { serviceAccountName: 'nobody', containers: [{ name: 'app', image: 'registry.example/app:1' }] }
  const template = { metadata: { labels }, spec }
  return cluster.admin.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  })
}

/** A workload's pod, one that somebody started by hand, and one that only tries something out: all of them crash. */
async function crashInWatch(): Promise<void> {
  const owner = await until(async () => (await cluster.admin.get('/apis/apps/v1/namespaces/watch/replicasets')).items[0]?.metadata)
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner.name, uid: owner.uid, controller: true }]
  const at = '/api/v1/namespaces/watch/pods'
  const spec = { schedulerName: 'nobody', containers: [{ name: 'app', image: 'registry.example/app:1' }] }
  const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } }
  const containerStatuses = [{ name: 'app', image: 'i', imageID: '', ready: false, restartCount: 3, state }]
  for (const [name, metadata] of [
    ['web-1', { labels: owner.labels, ownerReferences }],
    ['by-hand', {}],
    ['test', { labels: { environment: 'test' } }],
  ] as const) {
    await cluster.admin.create(at, { metadata: { name, ...metadata }, spec })
    await cluster.admin.merge(`${at}/${name}/status`, { status: { containerStatuses } })
  }
}

beforeAll(async () => {
  cluster = await startOperatorCluster()
  fresh = await freshDatabase()
  kubectl = await kubectlPath()
  for (const name of [...FOLDERS, 'shop', 'wrong']) {
    await cluster.admin.create('/api/v1/namespaces', { metadata: { name } })
    await cluster.account(name, 'inquest-agent')
    await cluster.bind(name, 'inquest-agent', `${name}/inquest-agent`)
  }
  // As their comments tell.
  await cluster.bind(null, 'inquest-agent', 'warning-events/inquest-agent')
  await cluster.bind(null, 'inquest-agent-cluster', 'kubectl-step/inquest-agent')
  await cluster.bind('run-step', 'inquest-runner', 'run-step/inquest-agent')
  await cluster.bind('shop', 'inquest-agent', 'nightly-look/inquest-agent')
  await cluster.bind('shop', 'inquest-agent', 'webhook-source/inquest-agent')
  for (const folder of FOLDERS) {
    const manifests = readdirSync(join(EXAMPLES, folder)).map((file) => readFileSync(join(EXAMPLES, folder, file), 'utf8'))
    const names = manifests.flatMap((text) => [...text.matchAll(/Secret(?:Key)?Ref: *\{name: ([\w-]+), key: ([\w-]+)/gi)])
    const own = manifests.flatMap((text) => parseAllDocuments(text).map((one) => one.toJS())).filter(({ kind }) => kind === 'Secret')
    for (const [, name, key] of names) {
      if (own.some(({ metadata }) => metadata.name === name)) continue
      await run('create', 'secret', 'generic', name!, '-n', folder, `--from-literal=${key}=change-me`)
      own.push({ metadata: { name } })
    }
    if (own.length > 0) await cluster.secretReader(folder, [...new Set(own.map(({ metadata }) => metadata.name))])
    await run('apply', '-n', folder, '-f', join(EXAMPLES, folder))
  }
  for (const namespace of ['ask', 'kubectl-step', 'shop', 'watch']) await deploy(namespace)
  await crashInWatch()
  began = Date.now()
  const args = ['--kubeconfig', await cluster.kubeconfigOf('inquest', 'inquest'), '--data-dir', join(cluster.folder.path, 'data')]
  server = await serve([...args, '--kubectl', kubectl], { DATABASE_URL: fresh.url })
  database = await openDatabase({ url: fresh.url })
}, 180_000)
afterAll(async () => {
  server?.child.kill('SIGKILL')
  await server?.ended
  await database?.close()
  await cluster?.stop()
  await fresh?.drop()
})

test.each(FOLDERS)('examples/%s is in force', BUSY, async (folder) => {
  for (const plural of KINDS) {
    const all = await until(async () => {
      const found = await conditions(folder, plural)
      return found.every(({ Ready }) => Ready) ? found : null
    })
    for (const { name, Ready } of all) expect([plural, name, Ready.is, Ready.message]).toEqual([plural, name, 'True', expect.any(String)])
  }
})

describe('used as its comments say:', () => {
  test('ask', BUSY, async () => {
    const body = '{"target": {"kind": "Deployment", "namespace": "ask", "name": "web"}}'
    const short = await post('ask/ask', body, bearer)
    expect([short.status, await short.json()]).toEqual([202, { id: expect.any(String), namespace: 'ask', name: expect.any(String) }])
    const streamed = await (await post('ask/ask?wait', body, bearer)).text()
    const events = [...streamed.matchAll(/^event: (\S+)\ndata: (.*)$/gm)].map(([, event, data]) => ({ event, data: JSON.parse(data!) }))
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['started', 'timeline', 'end', 'result']))
    expect(events.at(-2)).toEqual({ event: 'end', data: { phase: 'Succeeded' } })
    expect(events.at(-1)!.data.rootCause.object).toMatchObject({ kind: 'Deployment', namespace: 'ask', name: 'web' })
    expect((await post('ask/ask', body, {})).status).toBe(401)
  })

  test('webhook-source, signed JSON', BUSY, async () => {
    const send = async (state: string, key = 'change-me'): Promise<[number, Json]> => {
      const check = { name: 'PingFailed', state, deployment: 'web', since: '2026-11-23T11:02:03Z' }
      const body = JSON.stringify({ site: 'berlin', checks: [check] })
      const answer = await post('webhook-source/checks', body, { 'x-signature': createHmac('sha256', key).update(body).digest('hex') })
      return [answer.status, await answer.json()]
    }
    expect(await send('down')).toEqual([200, expect.objectContaining({ fresh: 1 })])
    expect(await send('down', 'guess')).toEqual([401, { error: 'the signature is wrong' }])
    expect((await ended('webhook-source/checks')).result).toMatchObject({
      target: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      rootCause: { object: { name: 'web' } },
    })
    expect(await send('up')).toEqual([200, expect.objectContaining({ closed: 1 })])
  })

  test('webhook-source, presets', BUSY, async () => {
    const labels = { alertname: 'HighLatency', namespace: 'shop', deployment: 'web' }
    const alert = { status: 'firing', labels, annotations: {}, startsAt: '2026-11-24T00:00:00Z', endsAt: '0001-01-01T00:00:00Z' }
    const grafana = { receiver: 'inquest', status: 'firing', orgId: 1, alerts: [alert], groupLabels: {}, version: '1', state: 'alerting' }
    const cloudEvent = { specversion: '1.0', type: 'com.example.link.down', source: '/links/7', id: '1', data: { namespace: 'shop' } }
    const incident = {
      id: 'PGR0VU2',
      type: 'incident',
      title: 'A little bump',
      service: { summary: 'shop' },
      created_at: '2026-11-24T00:00:00Z',
    }
    const pagerduty = JSON.stringify({ event: { event_type: 'incident.triggered', occurred_at: '2026-11-24T00:00:00Z', data: incident } })
    const signature = `v1=${createHmac('sha256', 'change-me').update(pagerduty).digest('hex')}`
    for (const [source, body, headers, found] of [
      ['grafana', JSON.stringify(grafana), bearer, labels],
      ['events', JSON.stringify(cloudEvent), bearer, { alertname: 'com.example.link', namespace: 'shop', event_source: '/links/7' }],
      [
        'pagerduty',
        pagerduty,
        { 'x-pagerduty-signature': signature },
        { alertname: 'PagerDutyIncident', namespace: 'shop', pagerduty_incident: 'PGR0VU2', pagerduty_service: 'shop' },
      ],
    ] as const) {
      const answer = await post(`webhook-source/${source}`, body, headers)
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ fresh: 1, rejected: 0 })])
      const [episode] = await rows('select labels from episodes where source = $1', `webhook-source/${source}`)
      expect(episode!.labels).toEqual(found)
    }
  })

  test('kubectl-step', BUSY, async () => {
    const labels = { alertname: 'KubeDeploymentRolloutStuck', namespace: 'kubectl-step', deployment: 'web' }
    const alert = { status: 'firing', labels, annotations: {}, startsAt: new Date().toISOString(), endsAt: '0001-01-01T00:00:00Z' }
    const body = { version: '4', status: 'firing', receiver: 'inquest', groupKey: '{}', groupLabels: labels, alerts: [alert] }
    expect((await post('kubectl-step/alertmanager', JSON.stringify(body), bearer)).status).toBe(200)
    const { id, result } = await ended('kubectl-step/alertmanager')
    expect(result).toMatchObject({ incomplete: [], rootCause: { object: { kind: 'Deployment', name: 'web' } } })
    const told = await rows(`select step from investigation_events where investigation_id = $1 and type = 'step-succeeded' order by id`, id)
    expect(told.map(({ step }) => step)).toEqual(['deployment', 'history', 'tell', 'look'])
  })

  test('warning-events', BUSY, async () => {
    const now = new Date().toISOString()
    await cluster.admin.create('/api/v1/namespaces/shop/events', {
      metadata: { name: 'data.failed' },
      involvedObject: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' },
      type: 'Warning',
      reason: 'FailedMount',
      message: 'the volume is away',
      count: 3,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: 'kubelet' },
    })
    const found = () => rows(`select labels from incidents where source = 'warning-events/warnings'`)
    await until(async () => (await found()).some(({ labels }) => labels.reason === 'FailedMount'))
    expect(await found()).toContainEqual({ labels: { namespace: 'shop', reason: 'FailedMount' } })
  })

  test('nightly-look, moved to this minute; its jitter does not go with that', BUSY, async () => {
    const edit = (schedule: object): Promise<string> =>
      run('patch', 'source', 'nightly', '-n', 'nightly-look', '--type=merge', '-p', JSON.stringify({ spec: { schedule } }))
    await edit({ cron: '* * * * *' })
    const refused = await until(async () => {
      const [source] = await conditions('nightly-look', 'sources')
      return source!.Accepted.is === 'False' ? source!.Accepted.message : null
    })
    expect(refused).toMatch(/spec\.schedule\.jitter: 10m is not shorter than the time between two looks \(1m\)\. Write less than 1m/)
    await edit({ jitter: null })
    const look = await ended('nightly-look/nightly')
    expect(look).toMatchObject({ phase: 'Succeeded', result: { target: { kind: 'Namespace', name: 'shop' }, healthy: false } })
    // Nobody has been told of it before.
    const told = () => rows('select status from deliveries where investigation_id = $1', look.id)
    await until(async () => (await told())[0]?.status === 'delivered')
  })

  test('watch: after the minute that its `for` says', BUSY, async () => {
    const { result } = await ended('watch/watch')
    expect(result.target).toMatchObject({ kind: 'Deployment', namespace: 'watch', name: 'web' })
    const incidents = await rows(`select labels, opened_at from incidents where source = 'watch/watch'`)
    expect(incidents).toEqual([{ labels: { namespace: 'watch', deployment: 'web' }, opened_at: expect.any(Date) }])
    expect(incidents[0]!.opened_at.getTime() - began).toBeGreaterThan(60_000)
  })
})

describe('a wrong one is refused where people look:', () => {
  const AUTH = 'auth: {none: {}}'
  let count = 0
  const apply = async (spec: string): Promise<string> => {
    const name = `s${++count}`
    const manifest = `apiVersion: inquest.dev/v1alpha1\nkind: Source\nmetadata: {name: ${name}, namespace: wrong}\nspec: {${spec}, workflowRef: {name: w}}\n`
    const child = promisify(execFile)(kubectl, ['--kubeconfig', cluster.plane.kubeconfig, 'apply', '-f', '-'])
    child.child.stdin!.end(manifest)
    const refused = await child.then(
      () => null,
      ({ stderr }) => String(stderr),
    )
    if (refused) return refused
    return until(async () => {
      const { status } = await cluster.admin.get(`${objects('wrong', 'sources')}/${name}`)
      return status?.conditions?.find(({ type, status: is }: Json) => type === 'Accepted' && is === 'False')?.message
    })
  }

  test.each<[says: string, spec: string, message: RegExp]>([
    ['a cron that is none', "schedule: {cron: '0 25 * * *'}", /spec\.schedule\.cron: .*Invalid value for hour: 25\. Write minute, hour/],
    ['a day that never comes', "schedule: {cron: '0 3 31 2 *'}", /spec\.schedule\.cron: .*never comes\. Look at the day/],
    ['a time zone', "schedule: {cron: '@daily', timeZone: Berlin}", /spec\.schedule\.timeZone: .*IANA name such as Europe\/Berlin/],
    ['a schedule with auth', `schedule: {cron: '@daily'}, ${AUTH}`, /nothing is sent to a schedule/],
    ['CEL of a filter', `alertmanager: {}, ${AUTH}, filter: 'alert.labels.x =='`, /spec\.filter: .*column 18.*cel\.dev/],
    ['CEL of a mapping', `webhook: {mapping: {labels: {a: itm.x}}}, ${AUTH}`, /spec\.webhook\.mapping\.labels\[a\]: .*Did you mean item\?/],
    [
      'a preset',
      `webhook: {preset: grafna}, ${AUTH}`,
      /spec\.webhook\.preset: Unsupported value: "grafna": supported values: .*"pagerduty"/,
    ],
    ['a mapping without labels', `webhook: {}, ${AUTH}`, /spec\.webhook: .*name a preset, or write mapping\.labels/],
    ['a selector', "kubernetes: {selector: 'app in web'}", /spec\.kubernetes\.selector: .*tier in \(a,b\)/],
    ['nodes of a namespace', 'kubernetes: {problems: [NodeNotReady]}', /spec\.kubernetes: .*NodeNotReady needs `scope: Cluster`/],
    ['anybody’s questions', 'api: {}', /spec: .*auth is missing: say how a sender proves who it is/],
  ])('%s', BUSY, async (_, spec, message) => {
    expect(await apply(spec)).toMatch(message)
  })
})
