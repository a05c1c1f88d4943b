import type { Json, KubeObject } from '../api.ts'
import type { Admits } from './admission.ts'

/**
 * What the containers of a scenario do, which no Kubernetes object says: how a program exits, what it logs, how it answers its probes.
 * A behaviour is data beside the manifests, never an annotation on them: nothing that is recorded may hint at the simulation.
 * Without any, a container starts, passes its probes and runs for ever (or, in a Job, ends well after a while).
 *
 * Every aspect is one optional member. Of several behaviours that match, the first that has an aspect gives it; `logs` add up.
 */
export interface Behaviour {
  pods: PodSelector
  /** Regular and init containers of this name; default: every regular container. */
  container?: string
  /** Moments as the scenario writes them: '-40m' is 40 minutes before the recording. Default: always. */
  since?: string
  until?: string

  exits?: Exit
  /** What the registry answers to a pull; with `imagePullPolicy: Never`, that the node has no such image. Default: the image is there. */
  pull?: string
  /** The container runtime refuses to create or start the container, with these words. */
  runtime?: { reason: 'CreateContainerConfigError' | 'CreateContainerError' | 'RunContainerError'; message: string }
  probes?: { readiness?: ProbeAnswer; liveness?: ProbeAnswer; startup?: ProbeAnswer }
  /** The ports that the program really listens on: a probe of another one is refused. Default: all that are probed. */
  listens?: readonly number[]
  /** What it uses, as a metrics-server would measure it; with any of these in a scenario the cluster has a metrics API. */
  usage?: { cpu: string; memory: string }
  /** The program is an admission webhook. Default: nothing is refused, since nobody asks. */
  admits?: Admits
  /** How the program takes SIGTERM. Default: it ends within a second with 143. `ignored` waits for SIGKILL: 137. */
  stop?: { code?: number; after?: number } | 'ignored'
  logs?: readonly LogLine[]

  /** The kubelet evicts the pod `after` seconds from its start, or at `since`. */
  evicted?: { message: string; after?: number }
  /** A volume cannot be attached or mounted, with these words (ConfigMaps and Secrets need none: they are looked up). `{pod}` is its namespace/name. */
  mount?: { volume: string; reason?: 'FailedMount' | 'FailedAttachVolume'; message: string }
  /** The network plugin fails: the pod stays in ContainerCreating. `{sandbox}` is an id of its own for each pod. */
  sandbox?: string
}

interface PodSelector {
  namespace?: string
  /** The beginning of the pod's name. */
  name?: string
  labels?: Record<string, string>
  /** What makes the program fail, where that is in the pod's spec: a wrong value, an old image, a small limit. */
  where?: (pod: KubeObject) => boolean
}

export interface Exit {
  code: number
  /** Seconds from the container's start (or from `since`, if it was already running then) to its end. */
  after: number
  /** The runtime lost it, over a reboot: the kubelet says 255, reason Unknown. */
  reason?: 'Unknown'
  /** The kernel's OOM killer did it: exit code 137, reason OOMKilled. */
  oom?: boolean
  /** The end of the termination message file, or of the log with `terminationMessagePolicy: FallbackToLogsOnError`. */
  message?: string
  /** After so many failures the program runs well. Default: never. */
  times?: number
}

/** How a probe is answered instead of well. `after` counts seconds from the container's start. */
export type ProbeAnswer = ({ status: number } | { refused: true } | { timeout: true } | { output: string }) & { after?: number }

interface LogLine {
  /** Seconds from the container's start, or from `since`. */
  after: number
  /** Repeats every so many seconds. */
  every?: number
  /** May be several lines. `{time}` is the moment in RFC 3339 with milliseconds, `{date}` `YYYY/MM/DD hh:mm:ss`, `{n}` counts the repeats;
   * `{utc}`, `{pg}`, `{klog}`, `{clock}`, `{day}`, `{log4j}`, `{clf}` and `{epoch}` are the moment in other forms, `{port}` an ephemeral port, `{podip}` the pod's address and `{ip:namespace/prefix}`
   * that of a pod. */
  text: string
}

/** A behaviour with its moments resolved, in milliseconds of virtual time. */
export interface TimedBehaviour extends Omit<Behaviour, 'since' | 'until'> {
  since: number
  until: number
}

export function behavioursOf(pod: KubeObject, all: readonly TimedBehaviour[]): TimedBehaviour[] {
  return all.filter(({ pods }) => matches(pods, pod))
}

function matches(selector: PodSelector, pod: KubeObject): boolean {
  if (selector.namespace && selector.namespace !== pod.metadata.namespace) return false
  if (selector.name && !pod.metadata.name.startsWith(selector.name)) return false
  const labels = pod.metadata.labels ?? {}
  if (!Object.entries(selector.labels ?? {}).every(([key, value]) => labels[key] === value)) return false
  return !selector.where || Boolean(selector.where(pod))
}

export function forContainer(behaviours: readonly TimedBehaviour[], container: string, init: boolean): TimedBehaviour[] {
  return behaviours.filter((b) => (b.container === undefined ? !init : b.container === container))
}

/** For `where`: the value of an environment variable of any container that is written in the pod's spec. */
export function envOf(pod: KubeObject, name: string): string | undefined {
  const containers: Json[] = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
  return containers.flatMap((c) => c.env ?? []).find((e: Json) => e.name === name)?.value
}
