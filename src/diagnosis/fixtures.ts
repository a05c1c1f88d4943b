import { ReadError, RESOURCES, type ClusterReader, type KubeObject, type Prometheus, type ResourceInfo } from '#cluster'
import type { Diagnosis, ObjectRef } from '#kinds/result'
import { diagnose } from './diagnosis.ts'
import { parseDuration } from '#kit/duration'

/** Clusters for tests, written as briefly as one would tell them: namespace `shop`, noon. */

export const NOW = '2026-05-01T12:00:00Z'
export const ago = (duration: string): string => new Date(Date.parse(NOW) - parseDuration(duration)).toISOString().replace('.000Z', 'Z')

type Raw = Record<string, any>

const meta = (name: string, more: Raw = {}): KubeObject['metadata'] => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  creationTimestamp: ago('5d'),
  ...more,
})

export const object = (apiVersion: string, kind: string, name: string, rest: Raw = {}): KubeObject => {
  const { metadata, ...others } = rest
  return { apiVersion, kind, metadata: meta(name, { uid: `uid-${kind}-${name}`, ...metadata }), ...others }
}

/** A container with an image; `rest` is the API's own form. */
export const container = (rest: Raw = {}): Raw => ({ name: 'app', image: 'registry.example/app:1.0', ...rest })

/** A pod's spec with one container, or with what `rest` says. */
export const podSpec = (app: Raw = {}, rest: Raw = {}): Raw => ({ containers: [container(app)], ...rest })

/** How a pod stands: its phase, conditions and the state of its containers. */
export interface PodState {
  phase?: string
  ready?: boolean
  node?: string | null
  /** Of the first container, or of the init container when the pod has one that has not ended. */
  state?: Raw
  last?: Raw
  restarts?: number
  since?: string
  conditions?: Raw[]
  /** Lines of the present log and of the one before. */
  log?: string
  previous?: string
  status?: Raw
  metadata?: Raw
}

export const running: PodState = { ready: true, state: { running: { startedAt: ago('4d') } } }
export const unready: PodState = { ready: false, state: { running: { startedAt: ago('20m') } } }
export const waiting = (reason: string, message = ''): PodState => ({ phase: 'Pending', state: { waiting: { reason, message } } })
export const ended = (exitCode: number, reason = 'Error', more: Raw = {}): Raw => ({
  exitCode,
  reason,
  startedAt: ago('3m'),
  finishedAt: ago('2m'),
  ...more,
})
export const crashing = (exitCode: number, log = '', reason = 'Error'): PodState => ({
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  last: ended(exitCode, reason),
  restarts: 9,
  previous: log,
  log,
})
export const unplaced = (message: string): PodState => ({
  phase: 'Pending',
  node: null,
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: ago('20m') }],
})

const logs = new WeakMap<KubeObject, { log?: string; previous?: string }>()

export function pod(name: string, spec: Raw, state: PodState = running, metadata: Raw = {}): KubeObject {
  const init = spec['initContainers']?.[0]
  const first = (init && !state.ready && state.status?.['init'] !== false ? init : spec['containers'][0]).name
  const statuses = (list: Raw[] = []): Raw[] =>
    list.map((c) =>
      c['name'] === first || state.ready
        ? {
            name: c['name'],
            ready: state.ready ?? false,
            restartCount: state.restarts ?? 0,
            state: state.state ?? { waiting: { reason: 'PodInitializing' } },
            lastState: state.last ? { terminated: state.last } : {},
          }
        : { name: c['name'], ready: false, restartCount: 0, state: { waiting: { reason: 'PodInitializing' } }, lastState: {} },
    )
  const placed = state.node !== null
  const made: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(name, { creationTimestamp: state.since ?? ago(state.ready ? '4d' : '20m'), ...metadata, ...state.metadata }),
    spec: { ...spec, ...(placed ? { nodeName: state.node ?? 'n1' } : {}) },
    status: {
      phase: state.phase ?? 'Running',
      conditions: [
        { type: 'Ready', status: state.ready ? 'True' : 'False', lastTransitionTime: state.since ?? ago(state.ready ? '4d' : '20m') },
        ...(state.conditions ?? []),
      ],
      ...(placed
        ? { containerStatuses: statuses(spec['containers']), ...(init ? { initContainerStatuses: statuses(spec['initContainers']) } : {}) }
        : {}),
      ...state.status,
    },
  }
  logs.set(made, {
    ...(state.log === undefined ? {} : { log: state.log }),
    ...(state.previous === undefined ? {} : { previous: state.previous }),
  })
  return made
}

const owned = (kind: string, name: string, apiVersion = 'apps/v1'): Raw => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${kind}-${name}`, controller: true }],
})

/**
 * A Deployment with its ReplicaSets and pods. `before` is the template of the revision before, which ran well; without it
 * there is only one. `states` are the pods of the newest revision.
 */
export function deployment(
  name: string,
  spec: Raw,
  states: PodState[],
  more: {
    before?: Raw
    labels?: Raw
    beforeLabels?: Raw
    replicas?: number
    changed?: string
    status?: Raw
    spec?: Raw
    oldPods?: PodState[]
  } = {},
): KubeObject[] {
  const labels = more.labels ?? { app: name }
  const template = { metadata: { labels }, spec }
  const replicas = more.replicas ?? states.length
  const ready = states.filter((s) => s.ready).length
  const revision = more.before ? 2 : 1
  const set = (n: number, t: Raw, count: number, at: string): KubeObject =>
    object('apps/v1', 'ReplicaSet', `${name}-r${n}`, {
      metadata: { creationTimestamp: at, annotations: { 'deployment.kubernetes.io/revision': String(n) }, ...owned('Deployment', name) },
      spec: { replicas: count, template: t },
      status: { replicas: n === revision ? states.length : count, readyReplicas: n === revision ? ready : count },
    })
  const podOf =
    (n: number) =>
    (state: PodState, i: number): KubeObject =>
      pod(`${name}-r${n}-${i}`, n === revision ? spec : more.before!, state, {
        labels: n === revision ? labels : (more.beforeLabels ?? labels),
        ...owned('ReplicaSet', `${name}-r${n}`),
      })
  return [
    object('apps/v1', 'Deployment', name, {
      metadata: { annotations: { 'deployment.kubernetes.io/revision': String(revision) } },
      spec: { replicas, selector: { matchLabels: labels }, template, ...more.spec },
      status: {
        replicas: states.length,
        readyReplicas: ready,
        updatedReplicas: states.length,
        conditions:
          ready < replicas
            ? [{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', lastTransitionTime: ago('20m') }]
            : [],
        ...more.status,
      },
    }),
    ...(more.before
      ? [set(1, { metadata: { labels: more.beforeLabels ?? labels }, spec: more.before }, more.oldPods?.length ?? 0, ago('5d'))]
      : []),
    set(revision, template, replicas, more.before ? (more.changed ?? ago('21m')) : ago('5d')),
    ...(more.oldPods ?? []).map(podOf(1)),
    ...states.map(podOf(revision)),
  ]
}

/** A Job with its pods. */
export const job = (name: string, spec: Raw, states: PodState[], more: Raw = {}): KubeObject[] => [
  object('batch/v1', 'Job', name, { ...more, spec: { backoffLimit: 3, template: { spec }, ...more['spec'] } }),
  ...states.map((state, i) => pod(`${name}-${i}`, { restartPolicy: 'Never', ...spec }, state, owned('Job', name, 'batch/v1'))),
]

export const service = (name: string, selector: Raw | null, ports: Raw[] = [{ port: 80, targetPort: 8080 }], rest: Raw = {}): KubeObject =>
  object('v1', 'Service', name, { spec: { ...(selector ? { selector } : {}), ports, clusterIP: '10.96.0.9' }, ...rest })

export const configMap = (name: string, data: Record<string, string>, metadata: Raw = {}): KubeObject =>
  object('v1', 'ConfigMap', name, { data, metadata })

export const node = (
  name: string,
  rest: { labels?: Raw; taints?: Raw[]; allocatable?: Raw; conditions?: Raw[]; spec?: Raw } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: `uid-${name}`, creationTimestamp: ago('90d'), labels: { 'kubernetes.io/hostname': name, ...rest.labels } },
  spec: { ...(rest.taints ? { taints: rest.taints } : {}), ...rest.spec },
  status: {
    allocatable: { cpu: '4', memory: '8Gi', ...rest.allocatable },
    conditions: rest.conditions ?? [{ type: 'Ready', status: 'True', lastTransitionTime: ago('90d') }],
  },
})

/** An event about an object; newest now, unless `more` says when. */
export function event(about: KubeObject, reason: string, message: string, more: Raw = {}): KubeObject {
  const { name, namespace, uid } = about.metadata
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${reason.toLowerCase()}${more['count'] ?? ''}`, namespace: namespace ?? 'default' },
    involvedObject: {
      kind: about.kind,
      name,
      namespace,
      uid,
      ...(more['container'] ? { fieldPath: `spec.containers{${more['container']}}` } : {}),
    },
    type: 'Warning',
    reason,
    message,
    count: 3,
    firstTimestamp: ago('19m'),
    lastTimestamp: ago('1m'),
    ...more,
  }
}

/** Written by a second writer after it was made: `fields` in the form of FieldsV1. */
export const edited = (fields: Raw, at = ago('25m'), manager = 'kubectl-edit'): Raw => ({
  managedFields: [
    { manager: 'helm', operation: 'Update', time: ago('5d'), fieldsType: 'FieldsV1', fieldsV1: {} },
    { manager, operation: 'Update', time: at, fieldsType: 'FieldsV1', fieldsV1: fields },
  ],
})

/** The types of the objects that are not Kubernetes' own. */
function customTypesOf(objects: readonly KubeObject[]): ResourceInfo[] {
  const builtins = new Set(RESOURCES.map((t) => `${t.apiVersion} ${t.kind}`))
  const found = new Map<string, ResourceInfo>()
  for (const { apiVersion, kind, metadata } of objects) {
    const [plural, namespaced] = [`${kind.toLowerCase()}s`, metadata.namespace !== undefined]
    if (!builtins.has(`${apiVersion} ${kind}`))
      found.set(`${apiVersion} ${kind}`, {
        apiVersion,
        kind,
        plural,
        namespaced,
        singular: kind.toLowerCase(),
        shortNames: [],
        categories: [],
      })
  }
  return [...found.values()]
}

/** A reader of the objects, with the logs that the pods were given. */
function clusterOf(objects: readonly KubeObject[], forbidden: readonly string[] = []): ClusterReader {
  const find = (type: { kind: string }, namespace: string | null | undefined) =>
    objects.filter((o) => o.kind === type.kind && (namespace === undefined || namespace === null || o.metadata.namespace === namespace))
  return {
    title: 'test',
    oddities: [],
    list: async (type, { namespace }) => {
      if (forbidden.includes(type.kind)) throw new ReadError('Forbidden', `may not list ${type.plural}`)
      return find(type, type.namespaced ? namespace : undefined)
    },
    get: async (type, namespace, name) => find(type, namespace).find((o) => o.metadata.name === name) ?? null,
    logs: async ({ pod: name, previous, container: wanted }) => {
      const found = objects.find((o) => o.kind === 'Pod' && o.metadata.name === name)
      const told = found && logs.get(found)
      const talks = found?.status?.initContainerStatuses?.some((s: any) => !s.ready && s.state?.waiting?.reason !== 'PodInitializing')
        ? found.spec.initContainers[0].name
        : found?.spec.containers[0].name
      return wanted === talks ? ((previous ? told?.previous : told?.log) ?? null) : null
    },
    now: async () => new Date(NOW),
    types: async () => customTypesOf(objects),
    close: async () => {},
  }
}

const REF = /^(\w+) (?:([\w-]+)\/)?([\w.-]+)$/

export const ref = (text: string): ObjectRef => {
  const [, kind = '', namespace, name = ''] = REF.exec(text) ?? []
  return { apiVersion: 'v1', kind, namespace: namespace ?? null, name }
}

/** What an alert says beside its target; it began 15 minutes ago unless it says when. */
interface ToldAlert {
  startsAt?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export function run(
  objects: readonly (KubeObject | KubeObject[])[],
  target: string | null = null,
  alert: ToldAlert | null = null,
  forbidden: readonly string[] = [],
  more: { alertname?: string; prometheus?: Prometheus } = {},
): Promise<Diagnosis> {
  return diagnose(
    clusterOf(objects.flat(), forbidden),
    {
      target: target ? ref(target) : null,
      namespace: 'shop',
      alert: alert && {
        labels: { ...alert.labels, ...(more.alertname ? { alertname: more.alertname } : {}) },
        annotations: alert.annotations ?? {},
        startsAt: alert.startsAt ?? ago('15m'),
      },
    },
    { signal: new AbortController().signal, onProgress: () => {}, ...(more.prometheus ? { prometheus: more.prometheus } : {}) },
  )
}

/** The root cause as one line: `Deployment shop/web: spec.replicas`; `healthy` when there is none. */
export async function cause(
  objects: readonly (KubeObject | KubeObject[])[],
  target: string | null = null,
  alert: ToldAlert | null = null,
): Promise<string> {
  const found = await run(objects, target, alert)
  if (found.healthy) return 'healthy'
  const { object: o, field } = found.rootCause ?? {}
  return o
    ? `${o.kind} ${o.namespace ? `${o.namespace}/` : ''}${o.name}: ${field ?? '-'}`
    : `no root cause among: ${found.problems.map((p) => p.summary).join('; ')}`
}
