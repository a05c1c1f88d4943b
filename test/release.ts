import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { Api, type Json } from '../control-plane/api.ts'
import { startControlPlane } from '../control-plane/start.ts'
import { helmPath } from './helm.ts'
import { serve, until, type Served } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { temporaryFolder } from './postgres.ts'

/**
 * A cluster as a person sees it who installs Inquest: a shell with helm, kubectl and its plugin, and a real control plane. What a kubelet would
 * do with the chart's pods is done here: each is a real `inquest serve` with the Deployment's configuration, the rights of its ServiceAccount and the database of its
 * Secret, and the API server reaches it as its pod. Its image, probes and volumes are not tried.
 */
export interface UserCluster {
  admin: Api
  /** Runs a command as it stands in the docs, in the checkout's folder. */
  sh(command: string, options?: { timeoutMs?: number; env?: NodeJS.ProcessEnv }): Promise<Shown>
  /** Starts what the release's Deployment asks for now, and marks its pods Ready. What ran before is ended. */
  runPods(namespace?: string): Promise<Served[]>
  /** Ends every process of the release. */
  endPods(): Promise<void>
  stop(): Promise<void>
}

export interface Shown {
  code: number
  out: string
  err: string
}

const ROOT = join(import.meta.dirname, '..')

export async function startUserCluster(): Promise<UserCluster> {
  const [helm, kubectl] = [await helmPath(), await kubectlPath()]
  const plane = await startControlPlane()
  const admin = new Api(plane.url, plane.token, plane.caFile, 'test')
  const folder = await temporaryFolder()
  const bin = join(folder.path, 'bin')
  mkdirSync(bin)
  symlinkSync(helm, join(bin, 'helm'))
  symlinkSync(kubectl, join(bin, 'kubectl'))
  const env = {
    HOME: folder.path,
    KUBECONFIG: plane.kubeconfig,
    NO_COLOR: '1',
    PATH: [bin, ROOT, dirname(process.execPath), process.env['PATH']].join(':'),
  }
  const running = new Map<string, Served>()

  /** Pods by their address; the API server asks for them at the proxy to the nodes. */
  const network = createServer()
  network.on('connect', ({ url }, socket) => {
    const served = running.get(url!.split(':')[0]!)
    if (!served) return socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    const pod = connect(Number(new URL(served.apiUrl).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      pod.pipe(socket)
      socket.pipe(pod)
    })
    pod.on('error', () => socket.destroy())
    socket.on('error', () => pod.destroy())
  })
  await new Promise<void>((resolve) => network.listen(plane.nodeSocket, resolve))

  const leaveNode = await joinNode(admin)
  async function kubeconfigOf(namespace: string, account: string): Promise<string> {
    const { status } = await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
      spec: { expirationSeconds: 7_200 },
    })
    const file = join(folder.path, `${namespace}-${account}.kubeconfig`)
    const config = {
      clusters: [{ name: 'c', cluster: { server: plane.url, 'certificate-authority': plane.caFile } }],
      users: [{ name: 'u', user: { token: status.token } }],
      contexts: [{ name: 'pod', context: { cluster: 'c', user: 'u', namespace } }],
      'current-context': 'pod',
    }
    writeFileSync(file, JSON.stringify(config))
    return file
  }
  async function endPods(): Promise<void> {
    const all = [...running.values()]
    running.clear()
    for (const { child } of all) child.kill('SIGTERM')
    await Promise.all(all.map(({ ended }) => ended))
  }

  let lastIp = 0
  async function startPod(namespace: string, pod: Json): Promise<Served> {
    const at = `/api/v1/namespaces/${namespace}`
    const [container] = pod.spec.containers
    const { data } = await admin.get(`${at}/configmaps/${pod.spec.volumes.find(({ name }: Json) => name === 'config').configMap.name}`)
    const dir = join(folder.path, pod.metadata.name)
    mkdirSync(dir, { recursive: true })
    const config = { ...parse(data['config.yaml']), webhookListen: '127.0.0.1:0', apiListen: '127.0.0.1:0', dataDir: dir }
    // Where the kubelet would have mounted a Secret.
    for (const { name, secret } of pod.spec.volumes.filter(({ secret }: Json) => secret)) {
      const mount = container.volumeMounts.find((one: Json) => one.name === name).mountPath
      const { data: held } = await admin.get(`${at}/secrets/${secret.secretName}`)
      mkdirSync(join(dir, name), { recursive: true })
      for (const { key, path } of secret.items) writeFileSync(join(dir, name, path), Buffer.from(held[key], 'base64'))
      for (const [setting, value] of Object.entries(config))
        if (typeof value === 'string' && value.startsWith(`${mount}/`)) config[setting] = join(dir, name, value.slice(mount.length))
    }
    const file = join(dir, 'config.yaml')
    writeFileSync(file, JSON.stringify(config))
    const given: NodeJS.ProcessEnv = {}
    for (const { name, value, valueFrom } of container.env ?? []) {
      const ref = valueFrom?.secretKeyRef
      given[name] = ref ? Buffer.from((await admin.get(`${at}/secrets/${ref.name}`)).data[ref.key], 'base64').toString() : value
    }
    const served = await serve(['--config', file, '--kubeconfig', await kubeconfigOf(namespace, pod.spec.serviceAccountName)], given)
    await until(async () => (await fetch(`${served.apiUrl}/readyz`)).ok)
    const ip = `10.20.30.${++lastIp}`
    running.set(ip, served)
    const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' }))
    // The scheduler waits for a volume that nobody makes here.
    const target = { apiVersion: 'v1', kind: 'Node', name: NODE }
    await admin.create(`${at}/pods/${pod.metadata.name}/binding`, { metadata: { name: pod.metadata.name }, target }).catch(() => undefined)
    const state = { running: { startedAt: new Date().toISOString() } }
    const containerStatuses = [{ name: container.name, ready: true, restartCount: 0, image: container.image, imageID: '', state }]
    const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions, containerStatuses }
    await admin.merge(`${at}/pods/${pod.metadata.name}/status`, { status })
    return served
  }

  return {
    admin,
    sh: (command, { timeoutMs = 60_000, env: more = {} } = {}) =>
      new Promise((resolve) => {
        const child = spawn('bash', ['-c', command], {
          cwd: ROOT,
          env: { ...env, ...more },
          timeout: timeoutMs,
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        let [out, err] = ['', '']
        child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
        child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
        child.on('close', (code) => resolve({ code: code ?? -1, out, err }))
      }),
    async runPods(namespace = 'inquest') {
      await endPods()
      const deployment = await admin.get(`/apis/apps/v1/namespaces/${namespace}/deployments/inquest`)
      const pods = await until(async () => {
        const { items } = await admin.get(`/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io/instance%3Dinquest`)
        const live = items.filter(({ metadata }: Json) => !metadata.deletionTimestamp)
        return live.length === deployment.spec.replicas ? live : null
      })
      return Promise.all(pods.map((pod: Json) => startPod(namespace, pod)))
    },
    endPods,
    async stop() {
      await endPods()
      await leaveNode()
      network.closeAllConnections()
      await new Promise((resolve) => network.close(resolve))
      await admin.close()
      await plane.stop()
      await folder.remove()
    },
  }
}

const NODE = 'worker-1'

/** A node that keeps saying that it lives and does nothing: what is scheduled to it has a place. Answers with the way to end that. */
async function joinNode(admin: Api): Promise<() => Promise<void>> {
  await admin.create('/api/v1/nodes', { metadata: { name: NODE } })
  const allocatable = { cpu: '8', memory: '32Gi', pods: '110' }
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }]
  await admin.merge(`/api/v1/nodes/${NODE}/status`, { status: { allocatable, capacity: allocatable, conditions } })
  const lease = (): object => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: NODE },
    spec: { holderIdentity: NODE, leaseDurationSeconds: 40, renewTime: new Date().toISOString().replace('Z', '000Z') },
  })
  const renew = (): Promise<Json> =>
    admin.apply(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${NODE}`, lease(), 'kubelet')
  let renewing = renew()
  const timer = setInterval(() => (renewing = renew()), 10_000)
  return async () => {
    clearInterval(timer)
    await renewing
  }
}
