import type { KubeObject } from '#cluster'
import { createTarball } from '../src/cluster/bundle/tarball.ts'
import { folderOf } from '../src/cluster/bundle/layout.ts'
import { builtin } from '../src/cluster/resources.ts'
import { ago, NOW } from '../src/diagnosis/fixtures.ts'
import { brokenWorkloads } from './broken.ts'

/** How large a made-up cluster is. */
export interface Size {
  pods: number
  events: number
}

const REPLICAS = 10
const PODS_A_NODE = 50
const MAX_SERVICES = 500
const WORKLOADS_A_NAMESPACE = 25

type Json = Record<string, any>

/** A healthy cluster of Deployments with Services and the events of an hour. */
export function healthyCluster({ pods, events }: Size): KubeObject[] {
  const nodes = Array.from({ length: Math.max(3, Math.ceil(pods / PODS_A_NODE)) }, (_, i) => nodeOf(`node-${i}`))
  const objects: KubeObject[] = [...nodes]
  const running: KubeObject[] = []
  const count = Math.ceil(pods / REPLICAS)
  for (let i = 0; i < count; i++) {
    const namespace = `team-${Math.floor(i / WORKLOADS_A_NAMESPACE)}`
    if (i % WORKLOADS_A_NAMESPACE === 0) objects.push(namespaceOf(namespace))
    const { parts, replicas } = workload(`app-${i}`, namespace, Math.min(REPLICAS, pods - running.length), nodes, i < MAX_SERVICES)
    objects.push(...parts, ...replicas)
    running.push(...replicas)
  }
  for (let i = 0; i < events; i++) objects.push(eventOf(i, running[i % running.length]!))
  return objects
}

const meta = (name: string, namespace: string | undefined, more: Json = {}): KubeObject['metadata'] => ({
  name,
  ...(namespace && { namespace }),
  uid: `${namespace ?? ''}-${name}`,
  resourceVersion: '418822',
  creationTimestamp: ago('12d'),
  ...more,
})
const owner = (kind: string, name: string, namespace: string): Json => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `${namespace}-${name}`, controller: true, blockOwnerDeletion: true }],
})
const well = (type: string): Json => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: ago('12d') })
const namespaceOf = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: meta(name, undefined),
  status: { phase: 'Active' },
})

function nodeOf(name: string): KubeObject {
  const room = { cpu: '16', memory: '64Gi', pods: '110', 'ephemeral-storage': '200Gi' }
  const fine = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({ ...well(type), status: 'False', lastHeartbeatTime: NOW }))
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: meta(name, undefined, { labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': 'a' } }),
    spec: {},
    status: {
      capacity: room,
      allocatable: room,
      conditions: [...fine, { ...well('Ready'), reason: 'KubeletReady', lastHeartbeatTime: NOW }],
    },
  }
}

function workload(name: string, namespace: string, replicas: number, nodes: readonly KubeObject[], hasService: boolean) {
  const labels = { app: name, 'app.kubernetes.io/part-of': namespace }
  const hash = '7d9c5b6f4d'
  const revision = { annotations: { 'deployment.kubernetes.io/revision': '1' } }
  const spec = podSpec(name)
  const template = { metadata: { labels }, spec }
  const counts = { replicas, readyReplicas: replicas, availableReplicas: replicas, updatedReplicas: replicas, observedGeneration: 1 }
  const common = { replicas, selector: { matchLabels: labels }, template }
  const parts: KubeObject[] = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta(name, namespace, revision),
      spec: common,
      status: { ...counts, conditions: [well('Available'), well('Progressing')] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: meta(`${name}-${hash}`, namespace, { ...revision, ...owner('Deployment', name, namespace) }),
      spec: common,
      status: counts,
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta(name, namespace), data: { 'app.yaml': 'log: info\nport: 8080\n' } },
  ]
  if (hasService)
    parts.push({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta(name, namespace),
      spec: { selector: { app: name }, clusterIP: '10.96.7.7', ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
    })
  const pods = Array.from({ length: replicas }, (_, i) =>
    podOf(
      `${name}-${hash}-${i}`,
      namespace,
      { labels: { ...labels, 'pod-template-hash': hash }, ...owner('ReplicaSet', `${name}-${hash}`, namespace) },
      {
        ...spec,
        nodeName: nodes[(name.length * 31 + i * 7 + Number(name.slice(4))) % nodes.length]!.metadata.name,
      },
    ),
  )
  return { parts, replicas: pods }
}

/** As long as pods are in earnest: some 4 kB. */
const podSpec = (name: string): Json => ({
  serviceAccountName: 'default',
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  terminationGracePeriodSeconds: 30,
  schedulerName: 'default-scheduler',
  volumes: [
    { name: 'config', configMap: { name, defaultMode: 420 } },
    { name: 'token', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3607 } }] } },
  ],
  containers: [
    {
      name: 'app',
      image: `registry.example/${name}:1.4.2`,
      imagePullPolicy: 'IfNotPresent',
      args: ['--config=/etc/app/app.yaml', '--listen=:8080'],
      ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
      env: Array.from({ length: 8 }, (_, i) => ({ name: `SETTING_${i}`, value: `value-${i}-of-${name}` })),
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http', scheme: 'HTTP' }, periodSeconds: 10, timeoutSeconds: 1 },
      livenessProbe: { httpGet: { path: '/livez', port: 'http', scheme: 'HTTP' }, periodSeconds: 20, timeoutSeconds: 1 },
      volumeMounts: [
        { name: 'config', mountPath: '/etc/app', readOnly: true },
        { name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
      ],
    },
  ],
  tolerations: ['not-ready', 'unreachable'].map((key) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  })),
})

const podOf = (name: string, namespace: string, more: Json, spec: Json): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(name, namespace, more),
  spec,
  status: {
    phase: 'Running',
    qosClass: 'Burstable',
    startTime: ago('12d'),
    podIP: '10.244.3.17',
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(well),
    containerStatuses: [
      {
        name: 'app',
        ready: true,
        started: true,
        restartCount: 0,
        image: spec['containers'][0].image,
        containerID: `containerd://${name}`,
        state: { running: { startedAt: ago('12d') } },
        lastState: {},
      },
    ],
  },
})

const REASONS = ['Scheduled', 'Pulled', 'Created', 'Started', 'Unhealthy']

function eventOf(i: number, pod: KubeObject): KubeObject {
  const reason = REASONS[i % REASONS.length]!
  const when = ago(`${10 + (i % 50)}m`)
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta(`${pod.metadata.name}.${i.toString(16)}`, pod.metadata.namespace, { creationTimestamp: when }),
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
    type: reason === 'Unhealthy' ? 'Warning' : 'Normal',
    reason,
    message: reason === 'Unhealthy' ? 'Readiness probe failed: HTTP probe failed with statuscode: 503' : `${reason} container app`,
    source: { component: 'kubelet', host: pod.spec.nodeName },
    firstTimestamp: when,
    lastTimestamp: when,
    count: 1,
  }
}

/** Writes such a cluster, and in it ten workloads that are each broken in their own way, as a bundle in the layout of troubleshoot.sh. */
export async function writeCluster(path: string, size: Size): Promise<void> {
  const { objects: broken, logs } = brokenWorkloads()
  const objects = [...healthyCluster(size), ...broken, namespaceOf('shop')]
  const tarball = createTarball(path, 16e9, new Date(NOW))
  const groups = Map.groupBy(
    objects,
    ({ kind, metadata }) => `${folderOf(builtin(kind))}${metadata.namespace === undefined ? '' : `/${metadata.namespace}`}`,
  )
  for (const [file, items] of groups)
    await tarball.add(`cluster-resources/${file}.json`, JSON.stringify({ kind: 'List', apiVersion: 'v1', items }))
  for (const [file, text] of logs) await tarball.add(`cluster-resources/pods/logs/${file}.log`, text)
  await tarball.finish()
}
