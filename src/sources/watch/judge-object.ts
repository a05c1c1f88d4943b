import type { KubeObject } from '#cluster'
import type { WatchedProblem } from '#kinds/kubernetes-source'

/**
 * `ill`: it has the problem now. `unsure`: it had it a moment ago, and perhaps still has: a container that crashes in a loop runs for
 * some seconds each time. That begins no alert and ends none.
 */
export interface Verdict {
  problem: WatchedProblem
  state: 'ill' | 'unsure'
  /** What Kubernetes says of it. */
  message: string
  /** When this verdict changes with nothing but time, epoch milliseconds. */
  until?: number
}

/** So long a container must have run since its last crash to be taken for healed; an OOM kill counts for as long. */
const QUIET_MS = 300_000

const IMAGE_REASONS = new Set([
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
])

/** What is wrong with one object, as `pruneWatched` left it. */
export function judgeObject(object: KubeObject, now: number): Verdict[] {
  if (object.kind === 'Node') return judgeNode(object)
  if (object.kind === 'Job') return judgeJob(object)
  const { status, metadata } = object
  // A pod on its way out ends as it does; who replaces it tells the rest.
  if (!status || metadata.deletionTimestamp) return []
  const verdicts = (status.containers as any[]).flatMap((one) => judgeContainer(one, now))
  const unscheduled = status.conditions.find(({ reason }: any) => reason === 'Unschedulable')
  if (unscheduled) verdicts.push({ problem: 'Unschedulable', state: 'ill', message: unscheduled.message ?? '' })
  return verdicts
}

function judgeContainer({ name, restartCount, waiting, startedAt, ended, before }: any, now: number): Verdict[] {
  const found: Verdict[] = []
  const last = ended ?? before
  const reason: string = waiting?.reason ?? ''
  if (reason === 'CrashLoopBackOff') {
    found.push({ problem: 'CrashLoop', state: 'ill', message: `Container ${name}: ${waiting.message ?? reason}` })
  } else if (restartCount > 0 && last && last.exitCode !== 0) {
    const until = startedAt === undefined ? undefined : Date.parse(startedAt) + QUIET_MS
    if (until === undefined || until > now) found.push({ problem: 'CrashLoop', state: 'unsure', message: '', ...(until && { until }) })
  }
  const killed = [ended, before].find((one) => one?.reason === 'OOMKilled')
  if (killed) {
    // The back-off between two crashes may be as long as this, so that a loop of OOM kills stays one alert by the waiting.
    const until = Date.parse(killed.finishedAt) + QUIET_MS
    const message = `Container ${name} was killed at ${killed.finishedAt}: it used more memory than its limit`
    if (until > now) found.push({ problem: 'OutOfMemory', state: 'ill', message, until })
    else if (startedAt === undefined) found.push({ problem: 'OutOfMemory', state: 'unsure', message })
    else if (Date.parse(startedAt) + QUIET_MS > now)
      found.push({ problem: 'OutOfMemory', state: 'unsure', message, until: Date.parse(startedAt) + QUIET_MS })
  }
  if (IMAGE_REASONS.has(reason)) {
    found.push({ problem: 'ImagePull', state: 'ill', message: `Container ${name}: ${waiting.message ?? reason}` })
  } else if (reason === 'ErrImagePull') {
    // The first failure, or one of many between two waits.
    found.push({ problem: 'ImagePull', state: 'unsure', message: '' })
  }
  return found
}

function judgeJob({ status }: KubeObject): Verdict[] {
  const failed = status.conditions.find(({ type, status: is }: any) => type === 'Failed' && is === 'True')
  return failed ? [{ problem: 'FailedJob', state: 'ill', message: `${failed.reason ?? 'Failed'}: ${failed.message ?? ''}` }] : []
}

/** As kube-prometheus has it: a node that is cordoned is being worked on. */
function judgeNode({ spec, status }: KubeObject): Verdict[] {
  const ready = status.conditions[0]
  if (!ready || ready.status === 'True' || spec.unschedulable) return []
  return [{ problem: 'NodeNotReady', state: 'ill', message: `${ready.reason ?? ''}: ${ready.message ?? ''}` }]
}
