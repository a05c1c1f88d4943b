import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../control-plane/api.ts'
import { chainPrograms, deploymentsOf, peersOf, series, startChain, type Chain } from './alert-chain.ts'
import { until } from './inquest.ts'
import { freshDatabase } from './postgres.ts'

const programs = chainPrograms()
const note = programs ? '' : ': NOT RUN, Prometheus, promtool and Alertmanager are not all on PATH'

/** A claim that fills up, beside a pod whose memory grows, whose processor is busy and which was restarted twice. */
const GIB = 2 ** 30
const CLAIM = { namespace: 'shop', persistentvolumeclaim: 'data' }
const APP = { namespace: 'shop', pod: 'db-0', container: 'db' }
const past = (): string[] => [
  '# TYPE kubelet_volume_stats_available_bytes gauge',
  ...series('kubelet_volume_stats_available_bytes', CLAIM, (hour) => (0.99 - 0.14 * hour) * 10 * GIB),
  '# TYPE kubelet_volume_stats_capacity_bytes gauge',
  ...series('kubelet_volume_stats_capacity_bytes', CLAIM, () => 10 * GIB),
  '# TYPE container_memory_working_set_bytes gauge',
  ...series('container_memory_working_set_bytes', APP, (hour) => (0.1 + 0.1 * hour) * GIB),
  '# TYPE container_cpu_usage_seconds counter',
  ...series('container_cpu_usage_seconds_total', APP, (hour) => hour * 3_600 * 0.5),
  '# TYPE kube_pod_container_status_restarts gauge',
  ...series('kube_pod_container_status_restarts', APP, (hour) => (hour < 5 ? 0 : 2)),
]
/** How long the database is away. */
const AWAY_MS = 60_000
const ask = (query: string) => ({ name: 'promql', input: { query } })
const TALK = {
  turns: [
    {
      toolCalls: [
        ask('rate(container_cpu_usage_seconds_total{namespace="shop"}[5m])'),
        ask('container_memory_working_set_bytes{namespace="shop"}'),
        ask('kube_pod_container_status_restarts{namespace="shop"}'),
        ask('kubelet_volume_stats_available_bytes{namespace="shop"}'),
      ],
    },
    {
      whenPromptContains: ['o4'],
      toolCalls: [
        {
          name: 'conclude',
          input: {
            rootCause: {
              summary: 'The claim data fills up at a steady rate.',
              object: { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' },
              confidence: 0.9,
              cites: ['f1', 'o1', 'o2', 'o3', 'o4'],
            },
            recommendations: [],
            added: 'The pod that writes there was restarted twice.',
          },
        },
      ],
    },
  ],
}
const STEPS = `{name: look, diagnose: {}}, {name: ask, when: 'alert.labels.alertname == "KubePersistentVolumeFillingUp"', agent: {tools: [promql], model: {provider: scripted, file: filling.conversation.yaml}}}`

describe.runIf(programs)(`from the cluster's state to the sink${note}`, () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  let chain: Chain

  beforeAll(async () => {
    database = await freshDatabase()
    const files = { 'filling.conversation.yaml': stringify(TALK) }
    chain = await startChain({ programs: programs!, databaseUrl: database.url, steps: STEPS, files, past: past(), watched: 'watched' })
    for (const name of ['shop', 'bank', 'quiet', 'loud', 'batch', 'watched'])
      await chain.admin.create('/api/v1/namespaces', { metadata: { name } })
  }, 240_000)
  afterAll(async () => {
    await chain?.stop()
    await database?.drop()
  })

  /** Messages about an object of that name. */
  const about = (name: string): Json[] =>
    chain.told('completed').flatMap(({ body }) => (body.result.rootCause?.object.name === name ? [body] : []))
  const seen = async (): Promise<number> => (await chain.query('select sum(seen)::int as seen from notifications'))[0].seen
  const investigations = async (): Promise<number> => (await chain.query('select count(*)::int as n from investigations'))[0].n

  test('an alert that two clustered Alertmanagers both send, and repeat, is one investigation with the true cause', async () => {
    await chain.deploy('shop', 'web')
    const [first] = await until(() => (chain.told('completed').length > 0 ? chain.told('completed') : null), 120_000)
    expect(first!.body.result.rootCause).toMatchObject({
      object: { kind: 'Deployment', name: 'web' },
      field: 'spec.template.spec.serviceAccountName',
    })
    // Both repeat every five seconds: by then each has sent it again.
    await until(async () => (await seen()) >= 4, 60_000)
    const senders = new Set(chain.arrived.map(({ body }) => new URL(body.externalURL).port))
    expect(senders).toEqual(new Set(chain.alertmanagers.map(({ url }) => new URL(url).port)))
    expect(await Promise.all(chain.alertmanagers.map(({ url }) => peersOf(url)))).toEqual([2, 2])
    expect(await investigations()).toBe(1)
    expect(chain.told('completed')).toHaveLength(1)
  }, 200_000)

  test('a silenced alert sends nothing until the silence ends, and an unsilenced one does; a group is one investigation', async () => {
    const { url: one } = chain.alertmanagers[0]!
    const matchers = [{ name: 'namespace', value: 'quiet', isRegex: false, isEqual: true }]
    const [startsAt, endsAt] = [0, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString())
    const silence = JSON.stringify({ matchers, startsAt, endsAt, createdBy: 'test', comment: 'planned' })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${one}/api/v2/silences`, { method: 'POST', headers, body: silence })
    const { silenceID } = (await answer.json()) as { silenceID: string }
    // The other one hears of it by their gossip.
    for (const { url } of chain.alertmanagers)
      await until(async () => ((await (await fetch(`${url}/api/v2/silences`)).json()) as Json[]).length === 1, 60_000)
    await chain.deploy('quiet', 'planned')
    await Promise.all(['one', 'two'].map((name) => chain.deploy('loud', name)))
    await until(() => about('one').length + about('two').length > 0, 60_000)
    const suppressed = async (url: string): Promise<boolean> => {
      const alerts = (await (await fetch(`${url}/api/v2/alerts`)).json()) as Json[]
      return alerts.some(({ labels, status }) => labels.namespace === 'quiet' && status.state === 'suppressed')
    }
    for (const { url } of chain.alertmanagers) await until(() => suppressed(url), 60_000)
    const inQuiet = (): boolean => chain.arrived.some(({ body }) => body.alerts.some(({ labels }: Json) => labels.namespace === 'quiet'))
    // A few of Alertmanager's intervals.
    await sleep(3_000)
    expect([inQuiet(), about('planned')]).toEqual([false, []])
    await fetch(`${one}/api/v2/silence/${silenceID}`, { method: 'DELETE' })
    await until(() => about('planned').length > 0, 60_000)
    const loud = await chain.query(
      `select count(distinct i.id)::int as incidents, count(distinct e.id)::int as episodes from incidents i
       join episodes e on e.incident_id = i.id where e.labels->>'namespace' = 'loud'`,
    )
    expect([loud, await investigations()]).toEqual([[{ incidents: 1, episodes: 2 }], 3])
  }, 200_000)

  test('what Prometheus knows of the time around the alert is evidence: a filling disk, memory, processor, restarts', async () => {
    const resources = { requests: { storage: '10Gi' } }
    const claims = '/api/v1/namespaces/shop/persistentvolumeclaims'
    await chain.admin.create(claims, { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources, volumeName: 'pv' } })
    await chain.admin.merge(`${claims}/data/status`, { status: { phase: 'Bound', capacity: { storage: '10Gi' } } })
    const [{ result }] = await until(() => (about('data').length > 0 ? about('data') : null), 60_000)
    expect(result.incomplete).toEqual([])
    expect(result.rootCause).toMatchObject({
      by: 'diagnosis',
      rule: 'volume-filling',
      cites: expect.arrayContaining(['o1', 'o2', 'o3', 'o4']),
    })
    const findings: Json[] = result.findings
    const evidence: Json[] = findings.flatMap((finding) => finding.evidence)
    expect(evidence).toContainEqual(expect.objectContaining({ source: 'metric', text: expect.stringMatching(/free/) }))
    const told = (id: string): string => evidence.find((one) => one.id === id)?.text
    expect(['o1', 'o2', 'o3', 'o4'].map(told)).toEqual([
      expect.stringMatching(/^1 series: .*0\.5\b/),
      expect.stringMatching(/^1 series: 7\d{8} … 8\d{8}, last 8\d{8}$/),
      '1 series: 2 … 2, last 2',
      expect.stringMatching(/^1 series: 1\d{8} … 1\d{9}, last 1\d{8}$/),
    ])
    const [{ output }] = await chain.query(
      `select data->>'output' as output from investigation_events where type = 'tool-answered' and data->>'id' = 'o2'`,
    )
    expect(output).toMatch(/; the alert began/)
    const [, from, began] = /^(\S+) to \S+, a point every \d+ s; the alert began (\S+);/.exec(output)!
    expect(Math.round((Date.parse(began!) - Date.parse(from!)) / 60_000)).toBe(60)
  }, 120_000)

  /** As a kubelet writes it. */
  const say = (namespace: string, pod: string, status: object): Promise<Json> =>
    chain.admin.merge(`/api/v1/namespaces/${namespace}/pods/${pod}/status`, { status })
  const container = (state: object) => ({ name: 'c', image: 'i', imageID: '', ready: false, restartCount: 7, state })
  const TEMPLATE = { containers: [{ name: 'c', image: 'registry.example/app:1' }] }
  const CRASHING = { containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } })] }
  const startPod = (namespace: string, name: string): Promise<Json> =>
    chain.admin.create(`/api/v1/namespaces/${namespace}/pods`, { metadata: { name }, spec: { ...TEMPLATE, schedulerName: 'nobody' } })

  test('a crash loop, a failed Job and a node that is not ready come by their own rules, and are looked at', async () => {
    await startPod('batch', 'crashing')
    await say('batch', 'crashing', CRASHING)
    await chain.admin.create('/apis/batch/v1/namespaces/batch/jobs', {
      metadata: { name: 'import' },
      spec: { backoffLimit: 0, template: { spec: { ...TEMPLATE, restartPolicy: 'Never' } } },
    })
    const ofJob = await until(async () => {
      const { items } = await chain.admin.get('/api/v1/namespaces/batch/pods?labelSelector=job-name%3Dimport')
      return items[0]?.metadata.name
    })
    await say('batch', ofJob, { phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 3, reason: 'Error' } })] })
    await chain.admin.create('/api/v1/nodes', { metadata: { name: 'n1' } })
    const condition = { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down' }
    await chain.admin.merge('/api/v1/nodes/n1/status', { status: { conditions: [condition] } })
    const found = async (alertname: string): Promise<unknown> => {
      const { body } = await until(() => chain.told('completed').find((one) => one.body.alert.labels.alertname === alertname), 60_000)
      const { target, rootCause } = body.result
      return [target, rootCause?.object].map((one) => `${one?.kind} ${one?.name}`)
    }
    expect(await Promise.all(['KubePodCrashLooping', 'KubeJobFailed', 'KubeNodeNotReady'].map(found))).toEqual([
      ['Pod crashing', 'Pod crashing'],
      ['Job import', 'Job import'],
      ['Node n1', 'Node n1'],
    ])
  }, 120_000)

  test('an Alertmanager that is restarted starts nothing anew', async () => {
    const before = await investigations()
    await chain.restartAlertmanager(0)
    const port = new URL(chain.alertmanagers[0]!.url).port
    await until(() => chain.arrived.some(({ body }) => new URL(body.externalURL).port === port), 60_000)
    const known = await seen()
    await until(async () => (await seen()) > known + 1, 60_000)
    expect(await investigations()).toBe(before)
  }, 120_000)

  test('what resolves is told once, although both say it', async () => {
    await chain.admin.merge(`${deploymentsOf('shop')}/web`, { spec: { replicas: 0 } })
    const resolved = (): number => chain.told('resolved').filter(({ body }) => body.alert.labels.deployment === 'web').length
    await until(() => resolved() > 0, 60_000)
    const open = `select count(*)::int as n from episodes where ends_at is null and labels->>'deployment' = 'web'`
    await until(async () => (await chain.query(open))[0].n === 0, 60_000)
    expect(resolved()).toBe(1)
  }, 120_000)

  test('with the database away for a minute nothing is lost: Alertmanager is answered 503 and sends it again, a watch looks again', async () => {
    await startPod('watched', 'crashing')
    await chain.link.cut()
    const mendAt = Date.now() + AWAY_MS
    const before = chain.told('completed').length
    const status = await fetch(`${chain.inquest.webhookUrl}/webhooks/shop/alertmanager`, {
      method: 'POST',
      body: '{"alerts":[]}',
      headers: { authorization: 'Bearer t' },
    })
    expect(status.status).toBe(503)
    await chain.deploy('bank', 'api')
    await say('watched', 'crashing', CRASHING)
    const refused = (): number =>
      chain.inquest.logs().filter(({ msg }) => msg === 'a webhook could not be stored; the sender keeps it').length
    await until(() => refused() >= 3 && Date.now() > mendAt, 2 * AWAY_MS)
    expect(chain.told('completed')).toHaveLength(before)
    await chain.link.mend()
    const found = await until(() => chain.told('completed').find(({ body }) => body.result.rootCause?.object.name === 'api'), 120_000)
    expect(found.body.result.rootCause.field).toBe('spec.template.spec.serviceAccountName')
    expect(chain.told('completed')).toHaveLength(before + 1)
    const watched = () => chain.query(`select status, labels from incidents where source = 'watched/watch'`)
    await until(async () => (await watched()).length > 0)
    expect(await watched()).toEqual([{ status: 'open', labels: { namespace: 'watched', pod: 'crashing' } }])
  }, 300_000)
})
