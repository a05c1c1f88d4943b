import type { KubeObject } from '#cluster'
import { randomOf } from './random.ts'

/** Objects and events of workloads that are well, beside those of a scenario. */
export interface Noise {
  byKind: ReadonlyMap<string, readonly KubeObject[]>
  pods: ReadonlySet<string>
  /** Those that exist for the noise alone. */
  namespaces: ReadonlySet<string>
  objects: number
  events: number
}

type Json = Record<string, any>

const HOUR = 3_600_000
const ELSEWHERE = ['apiary', 'ballast', 'cooperage', 'drayage', 'emporium']

/**
 * At least `objects` objects (Deployments with ReplicaSet, pod, Service and ConfigMap, all well) and `events` events: a tenth of them in the
 * scenario's own namespaces, the rest in others. Events are what a busy cluster writes: starts, roll-outs, probes that failed while something
 * started long ago, trouble of pods that are gone.
 */
export function noiseOf(about: {
  objects: number
  events: number
  namespaces: readonly string[]
  nodes: readonly string[]
  now: Date
  seed: number
}): Noise {
  const random = randomOf(about.seed)
  const at = (ago: number): string => new Date(about.now.getTime() - ago).toISOString().replace(/\.\d+Z$/, 'Z')
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const place = (i: number): string => (i % 10 === 0 && about.namespaces.length > 0 ? pick(about.namespaces) : pick(ELSEWHERE))

  const objects: KubeObject[] = ELSEWHERE.map((name) => ({
    ...named('v1', 'Namespace', undefined, name, at(900 * HOUR)),
    status: { phase: 'Active' },
  }))
  const pods: KubeObject[] = []
  for (let i = 0; objects.length < about.objects; i++) {
    const born = at((24 + random() * 600) * HOUR)
    const workload = workloadOf(`hum-${i}`, place(i), about.nodes.length > 0 ? pick(about.nodes) : 'hum-node', born)
    pods.push(workload.find(({ kind }) => kind === 'Pod')!)
    objects.push(...workload)
  }
  for (let i = 0; i < about.events; i++) objects.push(eventOf(i, pods[i % pods.length]!, at, random))
  const byKind = new Map<string, KubeObject[]>()
  for (const object of objects) byKind.set(object.kind, [...(byKind.get(object.kind) ?? []), object])
  return {
    byKind,
    pods: new Set(pods.map(({ metadata }) => metadata.name)),
    namespaces: new Set(ELSEWHERE),
    objects: objects.length - about.events,
    events: about.events,
  }
}

const named = (
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  name: string,
  born: string,
  more: Json = {},
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace && { namespace }), uid: `${kind}-${namespace}-${name}`, creationTimestamp: born, ...more },
})

const owned = (kind: string, namespace: string, name: string): Json => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `${kind}-${namespace}-${name}`, controller: true }],
})

/** A Deployment of one replica that runs well, behind a Service, configured by a ConfigMap: five objects. */
function workloadOf(name: string, namespace: string, node: string, born: string): KubeObject[] {
  const labels = { app: name }
  const spec = {
    containers: [
      {
        name: 'main',
        image: `registry.hum.example/${name}:1.0.0`,
        ports: [{ name: 'http', containerPort: 8080 }],
        env: [{ name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name, key: 'level' } } }],
        readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
      },
    ],
  }
  const template = { metadata: { labels }, spec }
  const well = (type: string): Json => ({ type, status: 'True', lastTransitionTime: born })
  const state = { name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: born } }, lastState: {} }
  const revision = { annotations: { 'deployment.kubernetes.io/revision': '1' } }
  const counts = { replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 }
  const hash = `${name}-7c9d6`
  return [
    {
      ...named('apps/v1', 'Deployment', namespace, name, born, { generation: 1, ...revision }),
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
      status: {
        ...counts,
        observedGeneration: 1,
        conditions: [well('Available'), { ...well('Progressing'), reason: 'NewReplicaSetAvailable' }],
      },
    },
    {
      ...named('apps/v1', 'ReplicaSet', namespace, hash, born, { ...revision, ...owned('Deployment', namespace, name) }),
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
      status: counts,
    },
    {
      ...named('v1', 'Pod', namespace, `${hash}-x2v4k`, born, { labels, ...owned('ReplicaSet', namespace, hash) }),
      spec: { ...spec, nodeName: node },
      status: {
        phase: 'Running',
        podIP: '10.99.0.9',
        startTime: born,
        conditions: [well('PodScheduled'), well('Initialized'), well('ContainersReady'), well('Ready')],
        containerStatuses: [state],
      },
    },
    {
      ...named('v1', 'Service', namespace, name, born),
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.99.1.9',
        selector: labels,
        ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      },
    },
    { ...named('v1', 'ConfigMap', namespace, name, born), data: { level: 'info' } },
  ]
}

type Telling = { type: string; reason: string; message: string; ago: number; gone?: true }

/** What is told of a workload: normal life, and trouble that is over. Times are hours ago. */
const TELLINGS: readonly Telling[] = [
  { type: 'Normal', reason: 'Scheduled', message: 'Successfully assigned POD', ago: 0.9 },
  { type: 'Normal', reason: 'Pulled', message: 'Container image "registry.hum.example/hum:1.0.0" already present on machine', ago: 0.9 },
  { type: 'Normal', reason: 'Created', message: 'Created container: main', ago: 0.8 },
  { type: 'Normal', reason: 'Started', message: 'Started container main', ago: 0.8 },
  {
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: Get "http://10.99.0.9:8080/healthz": dial tcp 10.99.0.9:8080: connect: connection refused',
    ago: 20,
  },
  { type: 'Warning', reason: 'FailedScheduling', message: '0/3 nodes are available: 3 Insufficient cpu.', ago: 0.7, gone: true },
  { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container main in pod POD', ago: 0.6, gone: true },
]

function eventOf(i: number, pod: KubeObject, at: (ago: number) => string, random: () => number): KubeObject {
  const { type, reason, message, ago, gone } = TELLINGS[i % TELLINGS.length]!
  const { namespace = '' } = pod.metadata
  // A pod that is gone: an earlier one of the same ReplicaSet.
  const name = gone ? `${pod.metadata.name.replace(/-\w+$/, '')}-${(i % 1_000).toString(36).padStart(5, 'q')}` : pod.metadata.name
  const when = at((ago + random() * 0.1) * HOUR)
  return {
    ...named('v1', 'Event', namespace, `${name}.${i.toString(16)}`, when),
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid: gone ? `gone-${i}` : pod.metadata.uid },
    type,
    reason,
    message: message.replace('POD', name),
    count: 1,
    firstTimestamp: when,
    lastTimestamp: when,
    source: { component: 'kubelet' },
  }
}
