import { createHash } from 'node:crypto'
import type { Json } from '../api.ts'
import { changesOf, type ContainerLife, isReady, type Run, type State, stateAt } from './life.ts'
import { incompleteContainers, qualified, unreadyContainers } from './messages.ts'
import type { PodLife } from './pod-life.ts'

/** What the kubelet would write into the pod's status at this moment. Conditions of others (DisruptionTarget, gates) are not its own and stay. */
export function podStatus(life: PodLife, now: number): Json {
  const { input } = life
  const { pod } = input
  const statuses = life.containers.map((c) => ({ ...c, status: containerStatus(life, c, now) }))
  const evicted = life.evicted && life.evicted.at <= now ? life.evicted : null
  const phase = evicted ? 'Failed' : phaseOf(life, now)
  const sandbox = life.sandboxAt <= now
  const address = sandbox ? { podIP: input.podIP, podIPs: [{ ip: input.podIP }] } : {}
  return {
    observedGeneration: pod.metadata['generation'] ?? 1,
    phase,
    ...(evicted ? { reason: 'Evicted', message: evicted.message } : {}),
    conditions: conditionsOf(life, phase, now),
    hostIP: input.hostIP,
    hostIPs: [{ ip: input.hostIP }],
    ...address,
    startTime: stamp(input.startAt),
    ...(pod.spec.initContainers?.length ? { initContainerStatuses: statuses.filter((c) => c.init).map((c) => c.status) } : {}),
    containerStatuses: statuses.filter((c) => !c.init).map((c) => c.status),
    qosClass: pod.status?.qosClass ?? 'BestEffort',
  }
}

/** Every moment at which the status above changes. */
export function changesOfPod(life: PodLife): number[] {
  const own = [life.sandboxAt, life.initialisedAt, life.evicted?.at ?? Infinity]
  return [...own, ...life.containers.flatMap(({ life }) => changesOf(life))].filter(Number.isFinite)
}

export const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`

function phaseOf(life: PodLife, now: number): string {
  const restart = life.input.pod.spec.restartPolicy ?? 'Always'
  const ended = (c: ContainerLife) => c.endedAt !== null && c.endedAt <= now
  const isSidecar = (spec: Json) => spec.restartPolicy === 'Always'
  const failedInit = life.containers.some((c) => c.init && !isSidecar(c.spec) && ended(c.life) && c.life.runs.at(-1)?.code !== 0)
  if (failedInit) return 'Failed'
  if (life.initialisedAt > now) return 'Pending'
  const states = life.containers
    .filter((c) => !c.init)
    .map((c) => ({ ...stateAt(c.life, now), done: ended(c.life), code: c.life.runs.at(-1)?.code }))
  if (states.some(({ state }) => state.kind === 'waiting' && !state.last)) return 'Pending'
  if (states.some(({ state }) => state.kind === 'running')) return 'Running'
  if (!states.every(({ done }) => done)) return 'Running'
  if (restart === 'Always') return 'Running'
  return states.every(({ code }) => code === 0) ? 'Succeeded' : 'Failed'
}

function conditionsOf(life: PodLife, phase: string, now: number): Json[] {
  const { input } = life
  const regular = life.containers.filter((c) => !c.init || c.spec.restartPolicy === 'Always')
  const unready = regular.filter((c) => !isReady(c.life, now)).map((c) => c.spec.name as string)
  const incomplete = life.containers.filter((c) => c.init && !initialised(c, now)).map((c) => c.spec.name as string)
  const readySince = lastChange(life, now)
  const terminal = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : null
  const notReady = terminal
    ? { status: 'False', reason: terminal }
    : unready.length
      ? { status: 'False', reason: 'ContainersNotReady', message: unreadyContainers(unready) }
      : { status: 'True' }
  const isInitialised = life.initialisedAt <= now
  return [
    condition(
      life,
      'PodReadyToStartContainers',
      life.sandboxAt <= now && !terminal ? 'True' : 'False',
      terminal ? readySince : Math.min(life.sandboxAt, now),
    ),
    {
      ...condition(life, 'Initialized', isInitialised ? 'True' : 'False', isInitialised ? life.initialisedAt : input.startAt),
      ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}),
      ...(isInitialised ? {} : { reason: 'ContainersNotInitialized', message: incompleteContainers(incomplete) }),
    },
    { ...condition(life, 'Ready', 'True', readySince), ...notReady },
    { ...condition(life, 'ContainersReady', 'True', readySince), ...notReady },
    condition(life, 'PodScheduled', 'True', input.startAt),
  ]
}

function condition({ input }: PodLife, type: string, status: string, since: number): Json {
  const at = Number.isFinite(since) ? since : input.startAt
  return {
    type,
    status,
    observedGeneration: input.pod.metadata['generation'] ?? 1,
    lastProbeTime: null,
    lastTransitionTime: stamp(Math.max(at, input.startAt)),
  }
}

function initialised({ spec, life }: PodLife['containers'][number], now: number): boolean {
  const { state } = stateAt(life, now)
  if (spec.restartPolicy === 'Always') return life.runs.some((run) => run.startedAt <= now)
  return state.kind === 'terminated' && state.run.code === 0
}

/** When the pod last became ready or stopped being so. */
function lastChange(life: PodLife, now: number): number {
  const regular = life.containers.filter((c) => !c.init || c.spec.restartPolicy === 'Always')
  const readyAt = (at: number) => regular.every((c) => isReady(c.life, at))
  const moments = [life.input.startAt, ...regular.flatMap((c) => changesOf(c.life))].filter((at) => at <= now).sort((a, b) => a - b)
  let since = life.input.startAt
  let ready = false
  for (const at of moments) {
    if (readyAt(at) !== ready) [since, ready] = [at, !ready]
  }
  return Math.max(since, life.evicted && life.evicted.at <= now ? life.evicted.at : 0)
}

function containerStatus(life: PodLife, { spec, init, life: own }: PodLife['containers'][number], now: number): Json {
  const { pod } = life.input
  const { restarts, state } = own.segments.length ? stateAt(own, now) : { restarts: 0, state: initialState(life) }
  const began = own.segments[0] && own.segments[0].from <= now
  const current = began ? state : initialState(life)
  const run = current.kind === 'waiting' ? null : current.run
  const index = run ? own.runs.indexOf(run) : restarts
  const created = run !== null || current.last !== null
  const started = current.kind === 'running' && current.run.startedAt <= now
  const ready = init && spec.restartPolicy !== 'Always' ? current.kind === 'terminated' && current.run.code === 0 : isReady(own, now)
  return {
    name: spec.name,
    state: stateJson(life, spec, own, current),
    lastState: current.last ? { terminated: terminatedJson(life, spec, own, current.last) } : {},
    ready,
    restartCount: restarts,
    image: created ? qualified(spec.image) : spec.image,
    imageID: created ? imageId(spec.image) : '',
    ...(created ? { containerID: containerId(pod.metadata.uid ?? '', spec.name, index) } : {}),
    started,
    ...(created ? { allocatedResources: spec.resources?.requests, resources: spec.resources ?? {} } : {}),
    ...(spec.volumeMounts ? { volumeMounts: spec.volumeMounts.map(mountStatus) } : {}),
    ...(created ? { user: { linux: userOf(pod, spec) } } : {}),
  }
}

const mountStatus = ({ name, mountPath, readOnly }: Json) => ({
  name,
  mountPath,
  ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
})

function userOf(pod: Json, spec: Json): Json {
  const uid = spec.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0
  return { uid, gid: uid, supplementalGroups: [uid] }
}

function initialState(life: PodLife): State {
  return { kind: 'waiting', reason: life.input.pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating', last: null }
}

function stateJson(life: PodLife, spec: Json, own: ContainerLife, state: State): Json {
  if (state.kind === 'running') return { running: { startedAt: stamp(state.run.start) } }
  if (state.kind === 'terminated') return { terminated: terminatedJson(life, spec, own, state.run) }
  return { waiting: { reason: state.reason, ...(state.message ? { message: state.message } : {}) } }
}

function terminatedJson(life: PodLife, spec: Json, own: ContainerLife, run: Run): Json {
  return {
    exitCode: run.code,
    reason: run.reason,
    ...(run.message ? { message: run.message } : {}),
    startedAt: stamp(run.start),
    finishedAt: stamp(run.end),
    containerID: containerId(life.input.pod.metadata.uid ?? '', spec.name, own.runs.indexOf(run)),
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const containerId = (uid: string, name: string, run: number) => `containerd://${sha256(`${uid}/${name}/${run}`)}`
const imageId = (image: string) => `${qualified(image).replace(/[:@][^/]*$/, '')}@sha256:${sha256(image)}`
