import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { Api, ApiError, type Json } from '../control-plane/api.ts'
import { startControlPlane, type ControlPlane } from '../control-plane/start.ts'
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
  plane: ControlPlane
  /** A folder of the test's own. */
  folder: string
  /** Runs a command as it stands in the docs, in the checkout's folder; with `until` it is ended once it has printed that. */
  sh(command: string, options?: { until?: RegExp; timeoutMs?: number; env?: NodeJS.ProcessEnv }): Promise<Shown>
  /** What a kubelet does: starts the pods that the release's Deployment wants, ends those that are to go, until it is rolled out. Answers with those that run. */
  rollOut(): Promise<Served[]>
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
  /** By the names of their pods. */
  const running = new Map<string, { served: Served; ip: string }>()

  /** The API server asks for a pod's address at the proxy to the nodes. */
  const network = createServer()
  network.on('connect', ({ url }, socket) => {
    const asked = [...running.values()].find(({ ip }) => ip === url!.split(':')[0])
    if (!asked) return socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    const pod = connect(Number(new URL(asked.served.apiUrl).port), '127.0.0.1', () => {
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
  async function endPod(name: string): Promise<void> {
    const pod = running.get(name)
    running.delete(name)
    pod?.served.child.kill('SIGTERM')
    await pod?.served.ended
  }

  let lastIp = 0
  async function startPod(pod: Json): Promise<void> {
    const at = `/api/v1/namespaces/${RELEASE}`
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
    const served = await serve(['--config', file, '--kubeconfig', await kubeconfigOf(RELEASE, pod.spec.serviceAccountName)], given)
    await until(async () => (await fetch(`${served.apiUrl}/readyz`)).ok)
    const ip = `10.20.30.${++lastIp}`
    running.set(pod.metadata.name, { served, ip })
    const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' }))
    // With a volume that nobody makes here the scheduler waits.
    const target = { apiVersion: 'v1', kind: 'Node', name: NODE }
    await admin.create(`${at}/pods/${pod.metadata.name}/binding`, { metadata: { name: pod.metadata.name }, target }).catch(() => undefined)
    const state = { running: { startedAt: new Date().toISOString() } }
    const containerStatuses = [{ name: container.name, ready: true, restartCount: 0, image: container.image, imageID: '', state }]
    const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions, containerStatuses }
    await admin.merge(`${at}/pods/${pod.metadata.name}/status`, { status })
  }

  /** One look at what is wanted. True: it is so. */
  async function settle(): Promise<boolean> {
    const at = `/api/v1/namespaces/${RELEASE}/pods`
    const { items } = await admin.get(`${at}?labelSelector=app.kubernetes.io/instance%3Dinquest`)
    const wanted: Json[] = items.filter(({ metadata }: Json) => !metadata.deletionTimestamp)
    const names = new Set(wanted.map(({ metadata }) => metadata.name))
    await Promise.all([...running.keys()].filter((name) => !names.has(name)).map(endPod))
    for (const { metadata } of items.filter(({ metadata }: Json) => metadata.deletionTimestamp))
      await admin.delete(`${at}/${metadata.name}`, { gracePeriodSeconds: 0 }).catch(ifGone)
    await Promise.all(wanted.filter(({ metadata }) => !running.has(metadata.name)).map(startPod))
    const deployment = await admin.get(`/apis/apps/v1/namespaces/${RELEASE}/deployments/inquest`).catch(ifGone)
    if (!deployment) return items.length === 0
    const { spec, status, metadata } = deployment
    return (
      items.length === spec.replicas &&
      status.observedGeneration === metadata.generation &&
      [status.replicas, status.updatedReplicas, status.availableReplicas].every((count) => count === spec.replicas)
    )
  }

  return {
    admin,
    plane,
    folder: folder.path,
    sh: (command, { until: enough, timeoutMs = 60_000, env: more = {} } = {}) =>
      new Promise((resolve) => {
        const options = {
          cwd: ROOT,
          env: { ...env, ...more },
          detached: true,
          stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
        }
        const child = spawn('bash', ['-o', 'pipefail', '-c', command], options)
        const end = (): void => void (child.exitCode === null && process.kill(-child.pid!, 'SIGTERM'))
        const timer = setTimeout(end, timeoutMs)
        let [out, err, isEnough] = ['', '', false]
        child.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString()
          if (isEnough || !enough?.test(out)) return
          isEnough = true
          end()
        })
        child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
        child.on('close', (code) => {
          clearTimeout(timer)
          resolve({ code: isEnough ? 0 : (code ?? -1), out, err })
        })
      }),
    async rollOut() {
      await until(settle, 60_000, 'the release to be rolled out')
      return [...running.values()].map(({ served }) => served)
    },
    async stop() {
      await Promise.all([...running.keys()].map(endPod))
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
/** The namespace that the docs install into. */
const RELEASE = 'inquest'

const ifGone = (error: unknown): null => {
  if (error instanceof ApiError && error.status === 404) return null
  throw error
}

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
