import { createHash } from 'node:crypto'
import type { Json, KubeObject } from '../api.ts'
import { mountAttempts } from './backoff.ts'
import { forContainer, type TimedBehaviour } from './behaviours.ts'
import { containerLife } from './container-life.ts'
import { aspect, type ContainerLife, type Occurrence } from './life.ts'
import * as say from './messages.ts'

/** All that decides a pod's life on a node. */
export interface PodInput {
  pod: KubeObject
  podIP: string
  hostIP: string
  behaviours: readonly TimedBehaviour[]
  /** When the kubelet first saw it. */
  startAt: number
  /** When it was deleted; Infinity if it was not. */
  deletedAt: number
  horizon: number
  /** Milliseconds that a pull of the image takes here; null if the node has it. */
  pullMs: (image: string) => number | null
  /** A volume's ConfigMap or Secret that is not there, until it is. */
  volumeError: LookupError | null
  /** The same, of a container's environment. */
  configErrors: ReadonlyMap<string, LookupError>
  /** Names of `imagePullSecrets` that do not exist. */
  missingPullSecrets: readonly string[]
}

export interface LookupError {
  message: string
  /** Of a volume: its name. */
  subject: string
  until: number
}

export interface PodLife {
  input: PodInput
  sandboxAt: number
  initialisedAt: number
  containers: { spec: Json; init: boolean; life: ContainerLife }[]
  occurrences: Occurrence[]
  evicted: { at: number; message: string } | null
}

const NEVER: ContainerLife = { segments: [], runs: [], occurrences: [], endedAt: null }

/** A pod from the moment it is bound: volumes, network, init containers one after the other, then the regular ones. */
export function podLife(input: PodInput): PodLife {
  const { pod, horizon, startAt } = input
  const occurrences: Occurrence[] = []
  const evicted = evictionOf(input)
  const stopAt = Math.min(input.deletedAt, evicted?.at ?? Infinity)
  const life: PodLife = { input, sandboxAt: Infinity, initialisedAt: Infinity, containers: [], occurrences, evicted }
  const until = Math.min(horizon, stopAt)

  let at = mountVolumes(input, startAt, until, occurrences)
  if (at <= until) at = makeSandbox(input, at, until, occurrences)
  life.sandboxAt = at
  // Said at every sync of the pod; the recorder thins it out.
  for (let said = startAt; input.missingPullSecrets.length > 0 && said <= until; said += 60_000)
    occurrences.push({
      at: said,
      type: 'Warning',
      reason: 'FailedToRetrieveImagePullSecret',
      message: say.pullSecretsMissing(input.missingPullSecrets),
    })

  const make = (spec: Json, init: boolean, startAt: number): ContainerLife => {
    if (startAt > until) return NEVER
    return containerLife({
      pod,
      spec,
      init,
      restart: init ? initRestart(pod, spec) : (pod.spec.restartPolicy ?? 'Always'),
      behaviours: forContainer(input.behaviours, spec.name, init),
      podIP: input.podIP,
      startAt,
      stopAt,
      horizon,
      pullMs: input.pullMs(spec.image),
      configError: input.configErrors.get(spec.name) ?? null,
    })
  }
  for (const spec of pod.spec.initContainers ?? []) {
    const made = make(spec, true, at)
    life.containers.push({ spec, init: true, life: made })
    at = initDone(spec, made)
  }
  life.initialisedAt = at
  for (const spec of pod.spec.containers) {
    const made = make(spec, false, at)
    life.containers.push({ spec, init: false, life: made })
    // Containers are started one after the other, so a slow pull delays the next.
    at = (made.runs[0]?.start ?? at) + 50
  }
  // One by one: of a pull that has failed for days there are more than a call takes arguments.
  for (const { life: own } of life.containers) for (const occurrence of own.occurrences) occurrences.push(occurrence)
  if (evicted && evicted.at <= horizon) occurrences.push({ at: evicted.at, type: 'Warning', reason: 'Evicted', message: evicted.message })
  return life
}

/** A restartable init container (a sidecar) is done when it has started; any other when it has ended well. */
function initDone(spec: Json, life: ContainerLife): number {
  if (spec.restartPolicy === 'Always') return life.runs[0]?.startedAt ?? Infinity
  const last = life.runs.at(-1)
  return life.endedAt !== null && last?.code === 0 ? life.endedAt + 500 : Infinity
}

function initRestart(pod: KubeObject, spec: Json): 'Always' | 'OnFailure' | 'Never' {
  if (spec.restartPolicy === 'Always') return 'Always'
  return pod.spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure'
}

function evictionOf({ behaviours, startAt, horizon }: PodInput): PodLife['evicted'] {
  for (const { evicted, since, until } of behaviours) {
    if (!evicted) continue
    const at = Math.max(startAt, since) + (evicted.after ?? 0) * 1000
    if (at < until) return at <= horizon ? { at, message: evicted.message } : null
  }
  return null
}

function mountVolumes(input: PodInput, from: number, until: number, occurrences: Occurrence[]): number {
  const { volumeError, behaviours } = input
  const broken = behaviours.find((b) => b.mount && b.since <= from && from < b.until)
  const error = broken?.mount
    ? {
        reason: broken.mount.reason ?? 'FailedMount',
        message: broken.mount.message.replace('{pod}', `${input.pod.metadata.namespace}/${input.pod.metadata.name}`),
        subject: broken.mount.volume,
        until: broken.until,
      }
    : volumeError && { reason: 'FailedMount', message: say.mountFailed(volumeError.subject, volumeError.message), ...pick(volumeError) }
  if (!error || error.until <= from) return from
  const end = Math.min(error.until, until)
  let last = from
  for (const at of mountAttempts(from, end)) {
    last = at
    occurrences.push({ at, type: 'Warning', reason: error.reason, message: error.message })
  }
  // The pod's worker waits 2 min 3 s for all volumes, says so, and starts again.
  for (let at = from + 123_000; at <= end; at += 135_000) {
    occurrences.push({ at, type: 'Warning', reason: 'FailedMount', message: say.mountTimeout([error.subject]) })
  }
  return error.until > until ? Infinity : Math.max(last, error.until)
}
const pick = ({ subject, until }: LookupError) => ({ subject, until })

function makeSandbox(input: PodInput, from: number, until: number, occurrences: Occurrence[]): number {
  const text = aspect(input.behaviours, 'sandbox', from)
  if (text === undefined) return from + 700
  const end = input.behaviours.find((b) => b.sandbox === text)?.until ?? Infinity
  const message = text.replace(
    '{sandbox}',
    createHash('sha256')
      .update(input.pod.metadata.uid ?? '')
      .digest('hex'),
  )
  for (let at = from; at <= Math.min(until, end); at += 13_000) {
    occurrences.push({ at, type: 'Warning', reason: 'FailedCreatePodSandBox', message: `Failed to create pod sandbox: ${message}` })
  }
  return end > until ? Infinity : end + 700
}
