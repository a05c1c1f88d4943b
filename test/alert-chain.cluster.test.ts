import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Api, type Json } from '../control-plane/api.ts'
import { startControlPlane, type ControlPlane } from '../control-plane/start.ts'
import { alertmanagerPath, runAlertmanager } from './alertmanager-process.ts'
import { serve, until, type Served } from './inquest.ts'
import { startLink, type Link } from './link.ts'
import { freshDatabase, temporaryFolder } from './postgres.ts'
import { programPath, runProgram, type RunningProgram } from './program.ts'

/**
 * The whole way as in a real cluster: a Deployment of the API server, an exporter that says how it stands, Prometheus with kube-prometheus'
 * rule, two Alertmanagers that know nothing of one another (as when their gossip is cut: both send everything), Inquest, a sink.
 */
const programs = { prometheus: programPath('PROMETHEUS', ['prometheus']), alertmanager: alertmanagerPath() }
const installed = programs.prometheus !== null && programs.alertmanager !== null
const note = installed ? '' : ': NOT RUN, Prometheus and Alertmanager are not both on PATH'

const RULES = `
groups:
  - name: kubernetes-apps
    rules:
      - alert: KubeDeploymentReplicasMismatch
        expr: kube_deployment_spec_replicas != kube_deployment_status_replicas_available
        labels: {severity: warning}
        annotations: {summary: Deployment has not matched the expected number of replicas.}
`
const API = 'apiVersion: inquest.dev/v1alpha1\n'

describe.runIf(installed)(`from the cluster's state to the sink${note}`, () => {
  let plane: ControlPlane
  let admin: Api
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let database: Awaited<ReturnType<typeof freshDatabase>>
  let link: Link
  let exporter: Server
  let sink: Server
  let inquest: Served
  let prometheus: RunningProgram
  const alertmanagers: RunningProgram[] = []
  const got: { at: number; body: Json }[] = []

  const listen = async (server: Server): Promise<string> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const startAlertmanager = (): Promise<RunningProgram> =>
    runAlertmanager(
      programs.alertmanager!,
      `route: {receiver: inquest, group_by: [alertname, namespace], group_wait: 0s, group_interval: 1s, repeat_interval: 5s}
receivers: [{name: inquest, webhook_configs: [{url: '${inquest.webhookUrl}/webhooks/shop/alertmanager', send_resolved: true, http_config: {authorization: {credentials: t}}}]}]
`,
    )

  beforeAll(async () => {
    plane = await startControlPlane()
    admin = new Api(plane.url, plane.token, plane.caFile, 'test')
    for (const name of ['shop', 'bank']) await admin.create('/api/v1/namespaces', { metadata: { name } })
    folder = await temporaryFolder()
    database = await freshDatabase()
    link = await startLink(new URL(database.url.replace(/^postgres(ql)?:/, 'http:')))

    sink = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        got.push({ at: Date.now(), body: JSON.parse(text) })
        response.writeHead(204).end()
      })
    })
    const sinkUrl = await listen(sink)
    const manifests = join(folder.path, 'manifests')
    mkdirSync(manifests)
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: am, namespace: shop}\nstringData: {token: t}\n`
    const source = `${API}kind: Source\nmetadata: {name: alertmanager, namespace: shop}\nspec: {alertmanager: {}, auth: {bearer: {secretKeyRef: {name: am, key: token}}}, grouping: {window: 100ms, cooldown: 1h}, workflowRef: {name: w}}\n`
    const workflow = `${API}kind: Workflow\nmetadata: {name: w, namespace: shop}\nspec: {steps: [{name: look, diagnose: {}}], sinks: [{sinkRef: {name: hook}}]}\n`
    const hook = `${API}kind: Sink\nmetadata: {name: hook, namespace: shop}\nspec: {webhook: {url: '${sinkUrl}'}}\n`
    writeFileSync(join(manifests, 'all.yaml'), [secret, source, workflow, hook].join('---\n'))
    const url = new URL(database.url)
    url.host = new URL(link.url).host
    inquest = await serve(['--manifests', manifests, '--data-dir', join(folder.path, 'data'), '--kubeconfig', plane.kubeconfig], {
      DATABASE_URL: url.href,
    })

    exporter = createServer(async (_, response) => {
      const { items } = await admin.get('/apis/apps/v1/deployments')
      const line = (metric: string, value: (deployment: Json) => number): string[] =>
        items.map((one: Json) => `${metric}{namespace="${one.metadata.namespace}",deployment="${one.metadata.name}"} ${value(one)}`)
      const spec = line('kube_deployment_spec_replicas', ({ spec }) => spec.replicas)
      const status = line('kube_deployment_status_replicas_available', ({ status }) => status?.availableReplicas ?? 0)
      response.end([...spec, ...status, ''].join('\n'))
    })
    const exporterUrl = new URL(await listen(exporter))
    alertmanagers.push(await startAlertmanager(), await startAlertmanager())
    prometheus = await runProgram(programs.prometheus!, async (dir, address) => {
      writeFileSync(join(dir, 'rules.yml'), RULES)
      const targets = alertmanagers.map(({ url }) => `'${new URL(url).host}'`).join(', ')
      writeFileSync(
        join(dir, 'prometheus.yml'),
        `global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: [${targets}]}]}]}
scrape_configs: [{job_name: kube-state-metrics, metrics_path: /, static_configs: [{targets: ['${exporterUrl.host}']}]}]
`,
      )
      return [`--config.file=${join(dir, 'prometheus.yml')}`, `--storage.tsdb.path=${join(dir, 'data')}`, `--web.listen-address=${address}`]
    })
  }, 240_000)
  afterAll(async () => {
    await prometheus?.stop()
    for (const one of alertmanagers) await one.stop()
    inquest?.child.kill('SIGKILL')
    await inquest?.ended
    exporter?.close()
    sink?.close()
    await link?.close()
    await database?.drop()
    await plane?.stop()
    await folder?.remove()
  })

  const deploymentsOf = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`
  const deploy = (namespace: string, name: string): Promise<unknown> => {
    const labels = { app: name }
    // There is no such account: no pod is ever made, and the diagnosis can say why.
    const spec = { serviceAccountName: 'nobody', containers: [{ name: 'app', image: 'registry.example/app:1' }] }
    const template = { metadata: { labels }, spec }
    return admin.create(deploymentsOf(namespace), {
      metadata: { name },
      spec: { replicas: 2, selector: { matchLabels: labels }, template },
    })
  }
  const told = (state: string): { at: number; body: Json }[] => got.filter(({ body }) => body.state === state)
  const query = async (sql: string): Promise<any[]> => {
    const { Client } = await import('pg')
    const client = new Client({ connectionString: database.url, options: '-c search_path=inquest' })
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }
  const firingSince = async (): Promise<number> => {
    const { data } = (await (await fetch(`${prometheus.url}/api/v1/alerts`)).json()) as Json
    return Math.min(...data.alerts.map(({ activeAt }: Json) => Date.parse(activeAt)))
  }

  test('an alert that two Alertmanagers repeat is one investigation with the true cause', async () => {
    await deploy('shop', 'web')
    const [first] = await until(() => (told('completed').length > 0 ? told('completed') : null), 120_000)
    expect(first!.body.result.rootCause).toMatchObject({
      object: { kind: 'Deployment', name: 'web' },
      field: 'spec.template.spec.serviceAccountName',
    })
    const took = first!.at - (await firingSince())
    console.log(`alert fired → result in the sink: ${took} ms, of which the rule's interval, two HTTP hops and a window of 100 ms`)
    // Both repeat every five seconds: by then each has sent it again.
    await until(async () => (await query('select sum(seen)::int as seen from notifications'))[0].seen >= 4, 60_000)
    expect(await query('select count(*)::int as n from investigations')).toEqual([{ n: 1 }])
    expect(told('completed')).toHaveLength(1)
  }, 200_000)

  test('an Alertmanager that is restarted starts nothing anew', async () => {
    await alertmanagers[0]!.stop()
    alertmanagers[0] = await startAlertmanager()
    const [{ seen }] = await query('select sum(seen)::int as seen from notifications')
    await until(async () => (await query('select sum(seen)::int as seen from notifications'))[0].seen > seen + 1, 60_000)
    expect(await query('select count(*)::int as n from investigations')).toEqual([{ n: 1 }])
  }, 120_000)

  test('what resolves is told once, although both say it', async () => {
    await admin.merge(`${deploymentsOf('shop')}/web`, { spec: { replicas: 0 } })
    await until(() => told('resolved').length > 0, 60_000)
    await until(async () => (await query(`select count(*)::int as n from episodes where ends_at is null`))[0].n === 0, 60_000)
    expect(told('resolved')).toHaveLength(1)
  }, 120_000)

  test('with the database away nothing is lost: Alertmanager is answered 503 and sends it again', async () => {
    await link.cut()
    const before = told('completed').length
    const status = await fetch(`${inquest.webhookUrl}/webhooks/shop/alertmanager`, {
      method: 'POST',
      body: '{"alerts":[]}',
      headers: { authorization: 'Bearer t' },
    })
    expect(status.status).toBe(503)
    await deploy('bank', 'api')
    // Long enough for both to have tried in vain.
    await until(() => inquest.logs().filter(({ msg }) => msg === 'a webhook could not be stored; the sender keeps it').length >= 3, 60_000)
    expect(told('completed')).toHaveLength(before)
    await link.mend()
    const found = await until(() => told('completed').find(({ body }) => body.result.rootCause?.object.name === 'api'), 120_000)
    expect(found.body.result.rootCause.field).toBe('spec.template.spec.serviceAccountName')
    expect(told('completed')).toHaveLength(before + 1)
  }, 240_000)
})
