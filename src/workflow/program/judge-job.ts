import type { KubeObject } from '#cluster'
import { CONTAINER } from './job-manifest.ts'

/** What stands in the way of a start, and for how long that may still mend itself. */
export interface Trouble {
  /** The same while it is the same trouble. */
  key: string
  message: string
  remedy: string
  patienceMs: number
}

export type Verdict =
  | { kind: 'waiting'; trouble: Trouble | null }
  | { kind: 'running'; pod: string }
  | { kind: 'ended'; pod: string; exitCode: number; reason: string; message: string }
  /** It will not come to an end of its own. */
  | { kind: 'lost'; message: string; remedy: string }

/** A cluster that grows by itself needs a minute or two for a node. */
const SCHEDULING_MS = 90_000
/** The kubelet tries again after 10 s. */
const PULL_MS = 25_000
const CREATE_MS = 10_000
const UNMADE_MS = 15_000
/** SIGKILL and SIGTERM. */
const KILLED = new Set([137, 143])

/**
 * What a Job has come to, by what the cluster says of it. `job` null: it is not there any more. `complaints` are the Job controller's, which
 * tells of a pod that is refused nowhere but in events.
 */
export function judgeJob(job: KubeObject | null, pods: readonly KubeObject[], complaints: readonly string[]): Verdict {
  const pod = pods.toSorted((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1)).at(-1)
  const ofPod = pod ? judgePod(pod) : null
  if (pod && ofPod?.kind === 'ended' && KILLED.has(ofPod.exitCode) && pod.metadata.deletionTimestamp) return takenAway(pod, job)
  if (ofPod && ofPod.kind !== 'waiting') return ofPod
  if (!job)
    return {
      kind: 'lost',
      message: 'the Job was deleted before it ended',
      remedy: 'Somebody or something deletes Jobs of Inquest in this namespace.',
    }
  const failed = failureOf(job)
  if (failed) return lostBy(failed, complaints)
  if (ofPod) return ofPod
  if (job.spec?.suspend)
    return waiting(
      'suspended',
      'the Job is suspended: something else in the cluster (such as a queue) decides when it starts',
      'Let it start, or take Jobs of Inquest out of the queue.',
      SCHEDULING_MS,
    )
  const complaint = complaints.at(-1)
  if (complaint === undefined) return { kind: 'waiting', trouble: null }
  return waiting('unmade', `the cluster refuses its pod: ${complaint}`, remedyOf(complaint), UNMADE_MS)
}

/** It did not end by itself: its pod was deleted, as by a drain, a preemption or the cluster's own deadline. */
function takenAway(pod: KubeObject, job: KubeObject | null): Verdict {
  const failed = failureOf(job)
  if (failed?.reason === 'DeadlineExceeded') return lostBy(failed, [])
  const why = (pod.status?.conditions ?? []).find(({ type, status }: any) => type === 'DisruptionTarget' && status === 'True')
  const said = [why?.reason, why?.message].filter(Boolean).join(': ')
  return {
    kind: 'lost',
    message: `the pod was deleted while the program ran${said ? ` (${said})` : job ? '' : ', with its Job'}`,
    remedy: 'Give the step a `retry`.',
  }
}

const failureOf = (job: KubeObject | null): any =>
  (job?.status?.conditions ?? []).find(({ type, status }: any) => type === 'Failed' && status === 'True')

function judgePod(pod: KubeObject): Verdict {
  const { name } = pod.metadata
  const { phase, reason, message, conditions = [], containerStatuses = [] } = pod.status ?? {}
  const state = containerStatuses.find((one: any) => one.name === CONTAINER)?.state ?? {}
  if (state.terminated) {
    const { exitCode, reason: why = '', message: said = '' } = state.terminated
    if (why === 'StartError' || why === 'ContainerCannotRun')
      return {
        kind: 'lost',
        message: `the program could not be started: ${said || why}`,
        remedy: 'Check `command`: the program must be in the image.',
      }
    return { kind: 'ended', pod: name, exitCode, reason: why, message: said }
  }
  if (phase === 'Failed') {
    const said = [reason, message].filter(Boolean).join(': ') || 'it failed'
    return { kind: 'lost', message: `the pod was ended from outside: ${said}`, remedy: 'Give the step a `retry`.' }
  }
  if (phase === 'Succeeded') return { kind: 'ended', pod: name, exitCode: 0, reason: 'Completed', message: '' }
  if (state.running) return { kind: 'running', pod: name }
  if (state.waiting) {
    const trouble = troubleOf(state.waiting, imageOf(pod))
    if (trouble) return { kind: 'waiting', trouble }
  }
  const unscheduled = conditions.find(({ type, status }: any) => type === 'PodScheduled' && status === 'False')
  if (unscheduled)
    return waiting(
      'unschedulable',
      `no node takes its pod: ${unscheduled.message ?? unscheduled.reason}`,
      'Ask for less in `resources`, or make room.',
      SCHEDULING_MS,
    )
  return { kind: 'waiting', trouble: null }
}

/** Something in the cluster may have put containers of its own beside it. */
const imageOf = (pod: KubeObject): string => pod.spec?.containers?.find((one: any) => one.name === CONTAINER)?.image ?? ''

function troubleOf({ reason = '', message = '' }: { reason?: string; message?: string }, image: string): Trouble | null {
  switch (reason) {
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return { key: 'pull', message: `the image ${image} cannot be used: ${message || reason}`, remedy: 'Check `image`.', patienceMs: 0 }
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
      return {
        key: 'pull',
        message: `the image ${image} cannot be pulled: ${message || reason}`,
        remedy: 'Check `image`, and `imagePullSecrets` when its registry wants a password.',
        patienceMs: PULL_MS,
      }
    case 'CreateContainerConfigError':
    case 'CreateContainerError':
    case 'RunContainerError':
      return {
        key: 'create',
        message: `the container cannot be made: ${message || reason}`,
        remedy: /non-?root|root/i.test(message)
          ? 'Set `runAsUser` to a user of the image that is not root.'
          : 'Check `command`, and that every Secret of `env` is there with its key.',
        patienceMs: CREATE_MS,
      }
    default:
      return null
  }
}

function lostBy({ reason = '', message = '' }: { reason?: string; message?: string }, complaints: readonly string[]): Verdict {
  if (reason === 'DeadlineExceeded')
    return {
      kind: 'lost',
      message: 'the Job did not end in its time',
      remedy: 'Give the step a longer `timeout`, or the program less to do.',
    }
  const complaint = complaints.at(-1)
  const said = [reason, message].filter(Boolean).join(': ')
  return {
    kind: 'lost',
    message: `the Job failed (${said})${complaint ? `: ${complaint}` : ''}`,
    remedy: complaint ? remedyOf(complaint) : 'Its pod was taken away, as when a node is drained: give the step a `retry`.',
  }
}

/** What to do about a pod or a Job that is refused, by what the cluster says. */
export function remedyOf(said: string): string {
  if (/exceeded quota|must specify/.test(said)) return 'Ask for less in `resources`, or raise the ResourceQuota of the namespace.'
  if (/violates PodSecurity/.test(said))
    return 'The pod is as restricted as can be; mend what the label of the namespace asks for beyond that.'
  if (/serviceaccount .*not found/i.test(said)) return 'Create the ServiceAccount, or name another one in `serviceAccountName`.'
  if (/minimum|maximum|LimitRange/i.test(said)) return 'Set `resources` as the LimitRange of the namespace wants them.'
  if (/runAsUser|fsGroup|security context constraint/i.test(said))
    return 'Set `runAsUser` to a user that the cluster allows in this namespace.'
  return 'Ask whoever runs the cluster for an exception, or change the step as the message says.'
}

const waiting = (key: string, message: string, remedy: string, patienceMs: number): Verdict => ({
  kind: 'waiting',
  trouble: { key, message, remedy, patienceMs },
})
