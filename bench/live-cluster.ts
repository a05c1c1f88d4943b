import { join } from 'node:path'
import { Api, type Json } from '../control-plane/api.ts'
import { type PlayedCluster, playScenario } from '../control-plane/play.ts'
import { Resources } from '../control-plane/resources.ts'
import { DEFAULT_NODES, loadScenario, type Scenario, type Step } from '../control-plane/scenario.ts'
import { momentOf } from '../control-plane/timeline.ts'
import { NOW } from '../src/diagnosis/fixtures.ts'
import { healthyCluster, type Size } from './cluster.ts'

export const SCENARIOS = join(import.meta.dirname, '../scenarios')
/** Ten recorded faults, each of a workload in a namespace of its own. */
export const BROKEN = [
  'account-renamed',
  'celery-broker',
  'claim-class-of-cache',
  'clinic-ingress-service',
  'config-missing',
  'gate-nobody-lifts',
  'image-tag',
  'oom',
  'probe-tcp-port',
  'quota-exceeded',
] as const
/** So long ago the play ends: real and virtual time must not meet. */
const BEHIND_MS = 90_000
const WRITERS = 16

/**
 * A real control plane with ten broken workloads, played as scenarios are, and around them a healthy cluster of the size that is asked for,
 * written through the API, status and all. No controller runs any more, so nothing changes.
 */
export async function liveCluster(size: Size, say: (line: string) => void): Promise<PlayedCluster> {
  const cluster = await playScenario(join(SCENARIOS, BROKEN[0]), await tenScenarios(), say, { audit: true })
  try {
    await cluster.cp.storeAsUsual()
    await fill(cluster, size)
    return cluster
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

/** All their steps in the order of time, on nodes that have room for all. */
async function tenScenarios(): Promise<Scenario> {
  const all = await Promise.all(BROKEN.map(async (name) => ({ name, scenario: await loadScenario(join(SCENARIOS, name)) })))
  const steps = all.flatMap(({ name, scenario }) => scenario.steps.map((step): Step => ({ ...step, ...applied(name, step) })))
  return {
    title: 'ten broken workloads',
    now: new Date(Date.now() - BEHIND_MS).toISOString(),
    nodes: DEFAULT_NODES.map((node) => ({ ...node, cpu: '32', memory: '134217728Ki' })),
    steps: steps.sort((a, b) => momentOf(a.at, 0) - momentOf(b.at, 0)),
    behaviours: all.flatMap(({ scenario }) => scenario.behaviours ?? []),
    alert: all[0]!.scenario.alert,
  }
}

/** Files of one scenario as another one names them. */
const applied = (name: string, { apply }: Step): Pick<Step, 'apply'> =>
  apply ? { apply: apply.map((file) => (file.startsWith('shared/') ? file : join('../..', name, 'manifests', file))) } : {}

/** What others refer to comes first. */
const ORDER = ['Namespace', 'Node', 'ServiceAccount', 'ConfigMap', 'Service', 'Deployment', 'ReplicaSet', 'Pod', 'EndpointSlice', 'Event']

async function fill({ cp, now }: PlayedCluster, size: Size): Promise<void> {
  const api = new Api(cp.url, cp.token, cp.caFile, 'kubelet')
  const resources = new Resources(api)
  const uids = new Map<string, string>()
  /** The objects' own names for what the API server calls otherwise. */
  const named = (object: Json): Json =>
    JSON.parse(JSON.stringify(object), (key, value) => (key === 'uid' && typeof value === 'string' ? (uids.get(value) ?? value) : value))
  const write = async (object: Json): Promise<void> => {
    const { uid, ...metadata } = object.metadata
    for (const key of ['resourceVersion', 'creationTimestamp']) delete metadata[key]
    const { status, ...rest } = named({ ...object, metadata })
    const path = await resources.path({ apiVersion: object.apiVersion, kind: object.kind, namespace: metadata.namespace })
    const made = await api.create(path, rest)
    uids.set(uid, made.metadata.uid)
    if (status && object.kind !== 'Namespace') await api.merge(`${path}/${metadata.name}/status`, { status })
  }
  try {
    const objects = inTime(completed(healthyCluster(size)), now)
    for (const kind of ORDER) {
      const queue = objects.filter((object) => object.kind === kind)
      const writer = async (): Promise<void> => {
        for (let object = queue.pop(); object; object = queue.pop()) await write(object)
      }
      await Promise.all(Array.from({ length: WRITERS }, writer))
    }
  } finally {
    await api.close()
  }
}

/** What controllers would have added: the account of each namespace, and the endpoints of each Service. */
function completed(objects: readonly Json[]): Json[] {
  const pods = Map.groupBy(
    objects.filter(({ kind }) => kind === 'Pod'),
    ({ metadata }) => `${metadata.namespace}/${metadata.labels.app}`,
  )
  const added = objects.flatMap(({ kind, metadata, spec }): Json[] => {
    if (kind === 'Namespace')
      return [
        {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace: metadata.name, uid: `${metadata.name}-account` },
        },
      ]
    if (kind !== 'Service') return []
    delete spec.clusterIP
    const endpoints = (pods.get(`${metadata.namespace}/${spec.selector.app}`) ?? []).map((pod, i) => ({
      addresses: [`10.244.${i}.17`],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: pod.spec.nodeName,
      targetRef: { kind: 'Pod', namespace: metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    }))
    return [
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${metadata.name}-x7k2p`,
          namespace: metadata.namespace,
          uid: `${metadata.uid}-slice`,
          labels: {
            'kubernetes.io/service-name': metadata.name,
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
          ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: metadata.name, uid: metadata.uid, controller: true }],
        },
        addressType: 'IPv4',
        endpoints,
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ]
  })
  return [...objects, ...added]
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

/** The made-up clusters live at one moment of the past; here that moment is `now`. */
const inTime = (objects: readonly Json[], now: number): Json[] => {
  const late = now - Date.parse(NOW)
  const moved = (text: string): string => new Date(Date.parse(text) + late).toISOString().replace(/\.\d+Z$/, 'Z')
  return JSON.parse(JSON.stringify(objects), (_, value) => (typeof value === 'string' && TIMESTAMP.test(value) ? moved(value) : value))
}
