import type { ClusterReader, KubeObject } from '#cluster'
import type { DiagnosisOptions, DiagnosisRequest } from '../request.ts'
import { unwellCustoms } from '../snapshot/custom-links.ts'
import { containersOf } from '../snapshot/containers.ts'
import { hostsIn, serviceOfHost, containersIn } from '../snapshot/hosts.ts'
import { proxiesOf } from '../snapshot/entry.ts'
import { time } from '../snapshot/events.ts'
import { KINDS, type Kind } from '../snapshot/kinds.ts'
import { bringsNodes } from '../snapshot/provisioners.ts'
import { lastRun } from '../snapshot/last-run.ts'
import { settingsOf } from '../snapshot/settings.ts'
import { dnsWriters } from '../rules/services/entry-dns.ts'
import { DNS_SERVICE } from '../snapshot/well-known.ts'
import type { Asked } from '../snapshot/asked.ts'
import type { Metrics } from '../snapshot/metrics.ts'
import { createSnapshot, type Snapshot } from '../snapshot/snapshot.ts'
import { beyondNamespaces, readBeyond } from './beyond.ts'
import { accountsFor, runningAs, type Account } from '../snapshot/controllers.ts'
import { choresOf } from './chores.ts'
import { readControllers } from './controllers.ts'
import { crowdingNamespaces } from './crowders.ts'
import { customNamespaces, readCustoms } from './customs.ts'
import { entriesOf, entryNamespaces } from './entry.ts'
import { openEyes, type Eyes } from './eyes.ts'
import { mapLimited } from './limit.ts'
import { customsMeant } from './meant.ts'
import { blindness, readMetrics } from './metrics.ts'
import { backingNamespaces } from './volumes.ts'
import { agentNamespaces, readForWaiting } from './waiting.ts'
import { publicNamespaces, registries } from './public.ts'
import { growing, pressedNamespaces, pressedNode } from './pressed.ts'
import { probedTarget } from './retarget.ts'
import { readRights } from './rights.ts'
import { sought } from './seek.ts'
import { agentsOn, logsWanted, troubled, withDependencies } from './suspects.ts'
import type { Aim } from './aim.ts'
import { aimAt } from './target.ts'
import { userNamespaces } from './users.ts'

/** Kinds of a namespace that are read as a whole. */
const OF_NAMESPACE = [
  'Pod',
  'Event',
  'Service',
  'ConfigMap',
  'ServiceAccount',
  'PersistentVolumeClaim',
  'ResourceQuota',
  'LimitRange',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'ControllerRevision',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Ingress',
  'HTTPRoute',
  'GRPCRoute',
  'Gateway',
  'NetworkPolicy',
] as const satisfies Kind[]

const CONCURRENCY = 8
/** How many namespaces beyond the first are followed, and over how many hops. */
const MAX_NAMESPACES = 8
const MAX_ROUNDS = 3
/** Nodes are read one by one up to here, else all. */
const FEW_NODES = 8

export interface Gathered {
  snapshot: Snapshot
  aim: Aim
  /** What could not be read, as sentences; `missing` only matters while the cause is not proven otherwise. */
  incomplete: { text: string; kind: 'missing' | 'refused' }[]
  /** Whether pods could be read at all: else nothing can be called healthy. */
  couldLook: boolean
}

/** Reads what bears on the request, and nothing else: the only part of the diagnosis that does I/O. */
export async function gather(reader: ClusterReader, asked: DiagnosisRequest, options: DiagnosisOptions): Promise<Gathered> {
  const now = (await reader.now()).getTime()
  const eyes = openEyes(reader, options.signal)
  const tell = (text: string): void => options.onProgress({ phase: 'gather', text })
  const probed = await probedTarget(eyes, asked)
  const request = probed ? { ...asked, target: probed } : asked
  const first = await firstNamespaces(eyes, request)
  tell(first === null ? `reading all namespaces of ${reader.title}` : `reading ${first.join(', ')} of ${reader.title}`)
  await readNamespaces(eyes, first)
  await readCustoms(eyes, first)

  const look = (aim: Aim | null, metrics?: Metrics): Snapshot =>
    createSnapshot({ ...eyes.picture(now), ...(metrics ? { metrics } : {}), asked: askedOf(request.alert, aim) })
  let snapshot = look(null)
  let aim = aimAt(snapshot, request.target, request.alert)
  const seen = new Set(first ?? [])
  for (let round = 0; round < MAX_ROUNDS; round++) {
    await readCluster(eyes, snapshot, first === null)
    const meant = [...customsMeant(snapshot, aim, request.alert), ...choresOf(snapshot, aim, request.alert)]
    const handled = await readControllers(eyes, snapshot, request.alert !== null || aim.object !== null, meant)
    snapshot = look(aim)
    aim = aimAt(snapshot, request.target, request.alert)
    const accounts = handled.flatMap((one) => accountsFor(snapshot, one))
    const proxies = entriesOf(snapshot, aim).flatMap((entry) => proxiesOf(snapshot, entry))
    const { namespace: home, name: dns } = DNS_SERVICE
    const resolvers = seen.has(home!) ? snapshot.podsSelected(home!, snapshot.get('Service', home, dns)?.spec?.selector) : []
    const helpers = [
      ...runningAs(snapshot, accounts),
      ...agentsOn(snapshot, aim),
      ...proxies,
      ...(proxies.length > 0 ? dnsWriters(snapshot) : []),
      ...growing(snapshot),
      ...(snapshot.all('Pod').some((p) => !p.spec?.nodeName) ? snapshot.workloads.filter(bringsNodes) : []),
      ...registries(snapshot),
      ...resolvers.map((pod) => snapshot.workloadOf(pod)),
    ]
    const focus = [...withDependencies(snapshot, aim.workloads), ...helpers]
    const wanted = logsWanted(snapshot, focus, aim.object?.kind === 'Node' ? aim.object.metadata.name : pressedNode(snapshot))
    if (wanted.length > 0) tell(`reading ${wanted.length} logs`)
    const ran = [...meant, ...aim.workloads].flatMap((one) => (one.kind === 'CronJob' ? (lastRun(snapshot, one) ?? []) : []))
    for (const view of ran.flatMap(containersOf)) wanted.push({ view, previous: false })
    const busy = new Set(proxies)
    await mapLimited(wanted, CONCURRENCY, ({ view, previous }) =>
      eyes.log(view.pod, view.name, previous, busy.has(snapshot.workloadOf(view.pod))),
    )
    snapshot = look(aim)
    await readBeyond(eyes, snapshot, request.target?.kind === 'APIService')
    snapshot = look(aim)
    aim = aimAt(snapshot, request.target, request.alert)
    if (await readRights(eyes, snapshot)) snapshot = look(aim)
    const more = first === null ? [] : await reached(eyes, snapshot, request.alert, aim, [...focus, ...troubled(snapshot)], accounts, seen)
    if (more.length === 0) break
    tell(`following calls into ${more.join(', ')}`)
    for (const namespace of more) seen.add(namespace)
    await readNamespaces(eyes, more)
    await readCustoms(eyes, more)
    snapshot = look(aim)
    aim = aimAt(snapshot, request.target, request.alert)
  }
  const { metrics, fault } = await readMetrics(options, { now, namespaces: first === null ? null : [...seen].sort() })
  snapshot = look(aim, metrics ?? undefined)
  const blind = blindness(request, metrics, fault)
  return {
    snapshot,
    aim,
    incomplete: [...incomplete(eyes, aim, reader), ...(blind === null ? [] : [blind])],
    couldLook: !eyes.failures.has('Pod'),
  }
}

const askedOf = (alert: DiagnosisRequest['alert'], aim: Aim | null): Asked | null =>
  alert && { ...alert, startsAt: time(alert.startsAt), object: aim?.object ?? null, workloads: aim?.workloads ?? [] }

/** null: all of them. */
async function firstNamespaces(eyes: Eyes, { target, namespace }: DiagnosisRequest): Promise<string[] | null> {
  if (target?.namespace) return [target.namespace]
  if (target?.kind === 'Namespace') {
    await eyes.get('Namespace', null, target.name)
    return [target.name]
  }
  return target || namespace === null ? null : [namespace]
}

async function readNamespaces(eyes: Eyes, namespaces: readonly string[] | null): Promise<void> {
  const reads = OF_NAMESPACE.flatMap((kind) => (namespaces ?? [null]).map((namespace) => ({ kind, namespace })))
  await mapLimited(reads, CONCURRENCY, ({ kind, namespace }) => eyes.list(kind, namespace))
}

/** What pods stand on and are admitted by, as far as something asks for it. */
async function readCluster(eyes: Eyes, snapshot: Snapshot, isWhole: boolean): Promise<void> {
  const pods = snapshot.all('Pod')
  const nodes = [...new Set(pods.map((p) => p.spec?.nodeName).filter((n): n is string => typeof n === 'string'))].sort()
  const unplaced = pods.some((p) => !p.spec?.nodeName && p.status?.phase === 'Pending')
  const isAstray = snapshot.all('DaemonSet').some((d) => d.status?.desiredNumberScheduled === 0 || d.status?.numberMisscheduled > 0)
  const isLocal = snapshot.all('Service').some((s) => s.spec?.externalTrafficPolicy === 'Local')
  if (isWhole || unplaced || isAstray || isLocal || nodes.length > FEW_NODES || nodes.length === 0) await eyes.list('Node', null)
  else await mapLimited(nodes, CONCURRENCY, (name) => eyes.get('Node', null, name))

  const unbound = snapshot.all('PersistentVolumeClaim').some((c) => c.status?.phase !== 'Bound')
  const events = snapshot.once('cluster-events', () =>
    snapshot
      .all('ReplicaSet')
      .concat(snapshot.all('StatefulSet'), snapshot.all('DaemonSet'), snapshot.all('Job'))
      .flatMap((o) => [...snapshot.eventsOf(o)])
      .filter((e) => e.reason === 'FailedCreate'),
  )
  const lonely = new Set(
    snapshot
      .all('Service')
      .filter((s) => Object.keys(s.spec?.selector ?? {}).length === 0)
      .map((s) => s.metadata.namespace ?? ''),
  )
  await mapLimited([...lonely].sort(), CONCURRENCY, (namespace) => eyes.list('EndpointSlice', namespace))
  const certificates = snapshot
    .all('Ingress')
    .flatMap((i) => (i.spec?.tls ?? []).map((t: any) => ({ namespace: i.metadata.namespace ?? '', name: t.secretName })))
  await mapLimited(certificates.filter((c) => typeof c.name === 'string').slice(0, 50), CONCURRENCY, ({ namespace, name }) =>
    eyes.get('Secret', namespace, name),
  )
  await readForWaiting(eyes, snapshot)
  const strict = new Set(events.filter((e) => e.message.includes('PodSecurity')).map((e) => e.namespace ?? ''))
  for (const p of pods) if (!p.spec?.nodeName && p.spec?.nodeSelector) strict.add(p.metadata.namespace ?? '')
  await mapLimited([...strict].sort(), CONCURRENCY, (name) => eyes.get('Namespace', null, name))
  const wants: Kind[] = []
  // A volume may be what ties a pod to nodes that cannot take it.
  if (unbound || (unplaced && snapshot.all('PersistentVolumeClaim').length > 0)) wants.push('PersistentVolume', 'StorageClass')
  if (events.some((e) => e.message.includes('webhook'))) wants.push('ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration')
  if (events.some((e) => /priorityclass/i.test(e.message))) wants.push('PriorityClass')
  if (snapshot.all('Ingress').length > 0) wants.push('IngressClass')
  if (snapshot.all('NetworkPolicy').length > 0) wants.push('Namespace')
  if (isWhole) wants.push('Namespace')
  if (
    pods.some((p) => p.metadata.deletionTimestamp) ||
    [...snapshot.all('PersistentVolumeClaim')].some((c) => c.metadata.deletionTimestamp)
  )
    wants.push('Namespace')
  await mapLimited(wants, CONCURRENCY, (kind) => eyes.list(kind, null))
}

/** Signs that DNS, the proxy on the node or etcd may not answer. */
const SYSTEMIC =
  /no such host|server misbehaving|EAI_AGAIN|ENOTFOUND|NXDOMAIN|UnknownHost|not known|host not found|name resolution|lookup \S+ on \S+: .*timeout|could not resolve|i\/o timeout|timed? ?out|no route to host|deadline exceeded|etcdserver: /i

/** Texts beside settings and logs that name who is called: annotations of what lets requests in, and what operators complain of. */
const saidBeside = (snapshot: Snapshot, aim: Aim): string[] => [
  ...[...snapshot.all('Ingress'), ...aim.parts].flatMap((o) =>
    Object.values<string>(o.metadata.annotations ?? {}).filter((value) => /^https?:\/\//.test(value)),
  ),
  ...[...unwellCustoms(snapshot).values()].map(({ state }) => state.message),
]

/** Namespaces that the workloads' settings and logs name and that were not read yet. */
async function reached(
  eyes: Eyes,
  snapshot: Snapshot,
  alert: DiagnosisRequest['alert'],
  aim: Aim,
  workloads: readonly KubeObject[],
  accounts: readonly Account[],
  seen: ReadonlySet<string>,
): Promise<string[]> {
  const found = new Map<string, boolean>()
  const all = saidBeside(snapshot, aim)
  for (const { host } of all.flatMap(hostsIn)) {
    const service = /\.svc(?:\.|$)/.test(host) ? serviceOfHost(host, '') : null
    if (service && !seen.has(service.namespace)) found.set(service.namespace, true)
  }
  for (const workload of workloads) {
    const namespace = workload.metadata.namespace ?? ''
    const texts = containersIn(workload).flatMap((c) => settingsOf(snapshot, workload, c).map((s) => s.value))
    for (const view of snapshot.podsOf(workload).slice(0, 3).flatMap(containersOf))
      texts.push(...(snapshot.log(view, false) ?? []).slice(-50), ...(snapshot.log(view, true) ?? []).slice(-50))
    all.push(...texts)
    if (!seen.has(DNS_SERVICE.namespace!) && texts.some((text) => SYSTEMIC.test(text))) found.set(DNS_SERVICE.namespace!, true)
    for (const { host } of texts.flatMap(hostsIn)) {
      const service = serviceOfHost(host, namespace)
      if (service && !seen.has(service.namespace))
        found.set(service.namespace, found.get(service.namespace) === true || /\.svc(\.|$)/.test(host))
    }
  }
  for (const namespace of await pressedNamespaces(eyes, snapshot)) if (!seen.has(namespace)) found.set(namespace, true)
  for (const namespace of await crowdingNamespaces(eyes, snapshot)) if (!seen.has(namespace)) found.set(namespace, true)
  for (const namespace of customNamespaces(snapshot)) if (!seen.has(namespace)) found.set(namespace, false)
  for (const { namespace } of accounts) if (!seen.has(namespace)) found.set(namespace, true)
  for (const namespace of await agentNamespaces(eyes, snapshot)) if (!seen.has(namespace)) found.set(namespace, true)
  for (const namespace of beyondNamespaces(snapshot, aim)) if (!seen.has(namespace)) found.set(namespace, true)
  for (const namespace of await entryNamespaces(eyes, snapshot, aim)) if (!seen.has(namespace)) found.set(namespace, true)
  for (const namespace of await userNamespaces(eyes, snapshot, aim.workloads, alert)) if (!seen.has(namespace)) found.set(namespace, true)
  for (const namespace of await backingNamespaces(eyes, snapshot)) if (!seen.has(namespace)) found.set(namespace, true)
  for (const namespace of await publicNamespaces(eyes, snapshot, all)) if (!seen.has(namespace)) found.set(namespace, true)
  for (const namespace of await sought(eyes, snapshot)) if (!seen.has(namespace)) found.set(namespace, true)
  const sure = [...found].filter(([, certain]) => certain).map(([name]) => name)
  const maybe = [...found].filter(([, certain]) => !certain).map(([name]) => name)
  const real = (
    await mapLimited(maybe.sort().slice(0, 20), CONCURRENCY, async (name) => ((await eyes.get('Namespace', null, name)) ? name : null))
  ).filter((n) => n !== null)
  return [...sure, ...real].sort().slice(0, Math.max(0, MAX_NAMESPACES + 1 - seen.size))
}

/** Kinds without which a common fault cannot be seen. */
const MATTERS: readonly Kind[] = [
  'Pod',
  'Event',
  'Service',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Node',
  'PersistentVolumeClaim',
  'ConfigMap',
  'Job',
]

function incomplete(eyes: Eyes, aim: Aim, reader: ClusterReader): Gathered['incomplete'] {
  const kinds = [...eyes.failures].filter(([kind]) => MATTERS.includes(kind))
  const lines: Gathered['incomplete'] = kinds.map(([kind, { message, isMissing }]) => ({
    text: `${KINDS[kind].plural}: ${message}`,
    kind: isMissing && kind !== 'Pod' ? 'missing' : 'refused',
  }))
  if (aim.note) lines.push({ text: aim.note, kind: 'refused' })
  const types = eyes.refusedTypes()
  const some = `${types.slice(0, 3).join(', ')}${types.length > 3 ? ` and ${types.length - 3} more` : ''}`
  if (types.length > 0) lines.push({ text: `custom resources may not be read: ${some}`, kind: 'missing' })
  if (eyes.logFailures() > 0) lines.push({ text: `${eyes.logFailures()} logs could not be read`, kind: 'refused' })
  return [
    ...lines.sort((a, b) => (a.text < b.text ? -1 : 1)),
    ...reader.oddities.slice(0, 20).map((text) => ({ text, kind: 'missing' as const })),
  ]
}
