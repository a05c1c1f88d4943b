import { mkdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { Api, type Json } from '../control-plane/api.ts'
import { startControlPlane } from '../control-plane/start.ts'
import { alertmanagerPath, runAlertmanager } from './alertmanager-process.ts'
import { serve, until } from './inquest.ts'
import { startLink } from './link.ts'
import { prometheusPaths, runPrometheus } from './prometheus-process.ts'
import { freePort, type RunningProgram } from './program.ts'

/**
 * The whole way as in a real cluster: objects of a real API server, an exporter that says how they stand, Prometheus with rules as kube-prometheus
 * has them (without their `for`), two clustered Alertmanagers that both send, Inquest, a sink.
 */
const RULES = `
groups:
  - name: kubernetes-apps
    rules:
      - alert: KubeDeploymentReplicasMismatch
        expr: kube_deployment_spec_replicas != kube_deployment_status_replicas_available
        labels: {severity: warning}
        annotations: {summary: Deployment has not matched the expected number of replicas.}
      - alert: KubePodCrashLooping
        expr: max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[1m]) >= 1
        labels: {severity: warning}
        annotations: {summary: Pod is crash looping.}
      - alert: KubeJobFailed
        expr: kube_job_failed > 0
        labels: {severity: warning}
        annotations: {summary: Job failed to complete.}
  - name: kubernetes-system-kubelet
    rules:
      - alert: KubeNodeNotReady
        expr: kube_node_status_condition{condition="Ready",status="true"} == 0
        labels: {severity: warning}
        annotations: {summary: Node is not ready.}
  - name: kubernetes-storage
    rules:
      - alert: KubePersistentVolumeFillingUp
        expr: (kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes) < 0.03 and on (namespace, persistentvolumeclaim) kube_persistentvolumeclaim_info
        labels: {severity: critical}
        annotations: {summary: PersistentVolume is filling up.}
`
const API = 'apiVersion: inquest.dev/v1alpha1\n'

/** The programs that must be installed; null: they are not. */
export function chainPrograms() {
  const [paths, alertmanager] = [prometheusPaths(), alertmanagerPath()]
  return paths && alertmanager ? { ...paths, alertmanager } : null
}

export interface ChainOptions {
  programs: NonNullable<ReturnType<typeof chainPrograms>>
  databaseUrl: string
  /** `steps` of the Workflow, as YAML in braces. */
  steps: string
  /** Files beside the manifests. */
  files?: Readonly<Record<string, string>>
  /** A namespace whose crash loops a Source watches; nothing of it is investigated, and Alertmanager tells nobody of it. */
  watched?: string
  /** What Prometheus knows of the hours before: OpenMetrics lines. */
  past?: readonly string[]
}

/** A gauge of the seven hours until now, a point a minute; `value` of the hours since their begin. */
export function series(name: string, labels: Readonly<Record<string, string>>, value: (hour: number) => number): string[] {
  const of = Object.entries(labels).map(([key, text]) => `${key}="${text}"`)
  const end = Math.floor(Date.now() / 1_000) - 15
  return Array.from({ length: 421 }, (_, i) => `${name}{${of.join(',')}} ${value(i / 60)} ${end - (420 - i) * 60}`)
}

export type Chain = Awaited<ReturnType<typeof startChain>>

export async function startChain({ programs, databaseUrl, steps, watched, files = {}, past = series('began', {}, () => 1) }: ChainOptions) {
  const stops: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one()
  }
  try {
    const plane = await startControlPlane()
    stops.push(() => plane.stop())
    const admin = new Api(plane.url, plane.token, plane.caFile, 'test')
    stops.push(() => admin.close())
    const folder = await mkdtemp(join(tmpdir(), 'inquest-chain-'))
    stops.push(() => rm(folder, { recursive: true, force: true }))
    const link = await startLink(new URL(databaseUrl.replace(/^postgres(ql)?:/, 'http:')))
    stops.push(() => link.close())
    const listen = async (server: Server): Promise<string> => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      stops.push(() => (server.closeAllConnections(), server.close()))
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    }

    const got: { at: number; body: Json }[] = []
    const sinkUrl = await listen(
      createServer(async (request, response) => {
        const body = await textOf(request)
        got.push({ at: Date.now(), body: JSON.parse(body) })
        response.writeHead(204).end()
      }),
    )
    const exporterUrl = await listen(createServer(async (_, response) => void response.end(await exposed(admin))))
    const prometheus = await runPrometheus(programs, past, async (dir) => {
      await writeFile(join(dir, 'rules.yml'), RULES)
      await writeFile(join(dir, 'alertmanagers.json'), '[]')
      return `global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
alerting: {alertmanagers: [{file_sd_configs: [{files: [alertmanagers.json], refresh_interval: 1s}]}]}
scrape_configs: [{job_name: kube-state-metrics, metrics_path: /, static_configs: [{targets: ['${new URL(exporterUrl).host}']}]}]
`
    })
    stops.push(() => prometheus.stop())

    const manifests = join(folder, 'manifests')
    mkdirSync(manifests)
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: am, namespace: shop}\nstringData: {token: t}\n`
    const source = `${API}kind: Source\nmetadata: {name: alertmanager, namespace: shop}\nspec: {alertmanager: {}, auth: {bearer: {secretKeyRef: {name: am, key: token}}}, grouping: {window: 100ms, cooldown: 1h}, workflowRef: {name: w}}\n`
    const workflow = `${API}kind: Workflow\nmetadata: {name: w, namespace: shop}\nspec: {steps: [${steps}], sinks: [{sinkRef: {name: hook}}]}\n`
    const hook = `${API}kind: Sink\nmetadata: {name: hook, namespace: shop}\nspec: {webhook: {url: '${sinkUrl}'}}\n`
    const objects = [secret, source, workflow, hook]
    if (watched) {
      objects.push(`${API}kind: Workflow\nmetadata: {name: w, namespace: ${watched}}\nspec: {steps: [{name: look, diagnose: {}}]}\n`)
      const spec = '{kubernetes: {problems: [CrashLoop]}, grouping: {window: 1h}, workflowRef: {name: w}}'
      objects.push(`${API}kind: Source\nmetadata: {name: watch, namespace: ${watched}}\nspec: ${spec}\n`)
    }
    await writeFile(join(manifests, 'all.yaml'), objects.join('---\n'))
    for (const [name, text] of Object.entries(files)) await writeFile(join(manifests, name), text)
    const url = new URL(databaseUrl)
    url.host = new URL(link.url).host
    const where = ['--manifests', manifests, '--data-dir', join(folder, 'data'), '--kubeconfig', plane.kubeconfig]
    const inquest = await serve([...where, '--prometheus-url', prometheus.url], { DATABASE_URL: url.href })
    stops.push(() => (inquest.child.kill('SIGKILL'), inquest.ended))

    /** When each notification stood at Inquest's door: what was before is Prometheus' and Alertmanager's own time. */
    const arrived: { at: number; body: Json }[] = []
    const door = await listen(
      createServer(async (request, response) => {
        const body = await textOf(request)
        arrived.push({ at: Date.now(), body: JSON.parse(body) })
        const { authorization = '' } = request.headers
        const answer = await fetch(`${inquest.webhookUrl}${request.url}`, { method: 'POST', body, headers: { authorization } })
        response.writeHead(answer.status).end(await answer.text())
      }),
    )
    const gossip = [await freePort(), await freePort()]
    // What a Source watches needs no alert.
    const startAlertmanager = (i: number): Promise<RunningProgram> =>
      runAlertmanager(
        programs.alertmanager,
        `route:
  {receiver: inquest, group_by: [alertname, namespace], group_wait: 0s, group_interval: 1s, repeat_interval: 5s, routes: [${watched ? `{matchers: [namespace="${watched}"], receiver: nobody}` : ''}]}
receivers: [{name: nobody}, {name: inquest, webhook_configs: [{url: '${door}/webhooks/shop/alertmanager', send_resolved: true, http_config: {authorization: {credentials: t}}}]}]
`,
        { port: gossip[i]!, peers: gossip.filter((_, other) => other !== i) },
      )
    const alertmanagers = [await startAlertmanager(0), await startAlertmanager(1)]
    await until(() => Promise.all(alertmanagers.map(async ({ url }) => (await peersOf(url)) === 2)).then((all) => all.every(Boolean)))
    stops.push(() => Promise.all(alertmanagers.map((one) => one.stop())))
    const tellPrometheus = async (): Promise<void> => {
      const targets = alertmanagers.map(({ url }) => new URL(url).host)
      await writeFile(join(prometheus.dir, 'alertmanagers.json'), JSON.stringify([{ targets }]))
      await until(async () => {
        const { data } = (await (await fetch(`${prometheus.url}/api/v1/alertmanagers`)).json()) as Json
        return targets.every((target) => data.activeAlertmanagers.some(({ url }: Json) => new URL(url).host === target))
      })
    }
    await tellPrometheus()

    return {
      admin,
      link,
      inquest,
      prometheus,
      alertmanagers,
      got,
      arrived,
      stop,
      told: (state: string) => got.filter(({ body }) => body.state === state),
      async restartAlertmanager(i: number): Promise<void> {
        await alertmanagers[i]!.stop()
        alertmanagers[i] = await startAlertmanager(i)
        await tellPrometheus()
      },
      /** Of which no pod is ever made, and the diagnosis can say why: there is no such account. */
      deploy(namespace: string, name: string): Promise<unknown> {
        const labels = { app: name }
        const spec = { serviceAccountName: 'nobody', containers: [{ name: 'app', image: 'registry.example/app:1' }] }
        const template = { metadata: { labels }, spec }
        return admin.create(deploymentsOf(namespace), {
          metadata: { name },
          spec: { replicas: 2, selector: { matchLabels: labels }, template },
        })
      },
      /** The alerts that fire, as Prometheus says it. */
      async firing(): Promise<{ labels: Record<string, string>; activeAt: string }[]> {
        const { data } = (await (await fetch(`${prometheus.url}/api/v1/alerts`)).json()) as Json
        return data.alerts.filter(({ state }: Json) => state === 'firing')
      },
      async query(sql: string): Promise<any[]> {
        const client = new Client({ connectionString: databaseUrl, options: '-c search_path=inquest' })
        await client.connect()
        try {
          return (await client.query(sql)).rows
        } finally {
          await client.end()
        }
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** How many an Alertmanager knows to be in its cluster, itself included. */
export async function peersOf(url: string): Promise<number> {
  const { cluster } = (await (await fetch(`${url}/api/v2/status`)).json()) as Json
  return cluster.status === 'ready' ? cluster.peers.length : 0
}

export const deploymentsOf = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk.toString()
  return text
}

/** How the cluster's objects stand, in kube-state-metrics' words. */
async function exposed(admin: Api): Promise<string> {
  const items = async (path: string): Promise<Json[]> => (await admin.get(path)).items
  const line = (metric: string, labels: Readonly<Record<string, string>>, value: number): string =>
    `${metric}{${Object.entries(labels)
      .map(([name, text]) => `${name}="${text}"`)
      .join(',')}} ${value}`
  const [deployments, claims, pods, jobs, nodes] = await Promise.all(
    ['/apis/apps/v1/deployments', '/api/v1/persistentvolumeclaims', '/api/v1/pods', '/apis/batch/v1/jobs', '/api/v1/nodes'].map(items),
  )
  const is = (conditions: Json[] | undefined, type: string): boolean =>
    (conditions ?? []).some((one) => one.type === type && one.status === 'True')
  return [
    ...deployments!.flatMap(({ metadata: { namespace, name: deployment }, spec, status }) => [
      line('kube_deployment_spec_replicas', { namespace, deployment }, spec.replicas),
      line('kube_deployment_status_replicas_available', { namespace, deployment }, status?.availableReplicas ?? 0),
    ]),
    ...claims!.map(({ metadata }) =>
      line('kube_persistentvolumeclaim_info', { namespace: metadata.namespace, persistentvolumeclaim: metadata.name }, 1),
    ),
    ...pods!.flatMap(({ metadata: { namespace, name: pod }, status }) =>
      (status?.containerStatuses ?? []).flatMap(({ name: container, state, restartCount }: Json) => [
        line('kube_pod_container_status_restarts_total', { namespace, pod, container }, restartCount),
        ...(state.waiting
          ? [line('kube_pod_container_status_waiting_reason', { namespace, pod, container, reason: state.waiting.reason }, 1)]
          : []),
      ]),
    ),
    ...jobs!.map(({ metadata: { namespace, name }, status }) =>
      line('kube_job_failed', { namespace, job_name: name }, is(status?.conditions, 'Failed') ? 1 : 0),
    ),
    ...nodes!.map(({ metadata: { name: node }, status }) =>
      line('kube_node_status_condition', { node, condition: 'Ready', status: 'true' }, is(status?.conditions, 'Ready') ? 1 : 0),
    ),
    '',
  ].join('\n')
}
