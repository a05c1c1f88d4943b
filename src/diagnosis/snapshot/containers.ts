import type { KubeObject } from '#cluster'
import { time } from './events.ts'

/** How a container ended. Times in ms. */
export interface Termination {
  exitCode: number
  signal: number | null
  reason: string
  message: string
  started: number | null
  finished: number | null
}

/** One container of one pod: what was asked for beside what is. */
export interface ContainerView {
  pod: KubeObject
  name: string
  init: boolean
  /** An init container that keeps running beside the others (`restartPolicy: Always`). */
  sidecar: boolean
  spec: any
  waiting: { reason: string; message: string } | null
  running: { started: number | null } | null
  terminated: Termination | null
  /** The end of the run before this one. */
  last: Termination | null
  restarts: number
  ready: boolean
  /** Whether the kubelet has reported on it at all. */
  reported: boolean
}

/** Init containers first, each in the spec's order. */
export function containersOf(pod: KubeObject): ContainerView[] {
  return [
    ...views(pod, pod.spec?.initContainers, pod.status?.initContainerStatuses, true),
    ...views(pod, pod.spec?.containers, pod.status?.containerStatuses, false),
  ]
}

/** Recorded objects may have lost parts: what is not a list is none. */
const listOf = (value: unknown): any[] => (Array.isArray(value) ? value.filter((x) => typeof x === 'object' && x !== null) : [])

function views(pod: KubeObject, wanted: unknown, reported: unknown, init: boolean): ContainerView[] {
  const [specs, statuses] = [listOf(wanted), listOf(reported)]
  return specs.map((spec) => {
    const status = statuses.find((s) => s.name === spec.name)
    const state = status?.state ?? {}
    return {
      pod,
      name: spec.name,
      init,
      sidecar: init && spec.restartPolicy === 'Always',
      spec,
      waiting: state.waiting ? { reason: state.waiting.reason ?? '', message: String(state.waiting.message ?? '') } : null,
      running: state.running ? { started: time(state.running.startedAt) } : null,
      terminated: termination(state.terminated),
      last: termination(status?.lastState?.terminated),
      restarts: status?.restartCount ?? 0,
      ready: status?.ready ?? false,
      reported: status !== undefined,
    }
  })
}

function termination(raw: any): Termination | null {
  if (!raw) return null
  return {
    exitCode: raw.exitCode ?? 0,
    signal: raw.signal ?? null,
    reason: raw.reason ?? '',
    message: String(raw.message ?? ''),
    started: time(raw.startedAt),
    finished: time(raw.finishedAt),
  }
}

const HOUR = 3_600_000
const OVER = 180_000

/** The end that is the trouble now: of the present state, or of the run before it. */
export const lastEnd = (view: ContainerView): Termination | null => view.terminated ?? view.last

/**
 * Whether the container keeps ending badly *now*. One restart long ago, after which it has run well, is none; nor is a
 * finished init container or a container that ended well in a pod that is over.
 */
export function isCrashing(view: ContainerView, now: number): boolean {
  const end = lastEnd(view)
  if (view.waiting?.reason === 'CrashLoopBackOff') return true
  if (!end) return false
  if (view.terminated) {
    if (view.terminated.exitCode !== 0) return true
    return (
      !view.init &&
      view.pod.spec?.restartPolicy !== 'Never' &&
      view.pod.spec?.restartPolicy !== 'OnFailure' &&
      view.pod.status?.phase === 'Running'
    )
  }
  if (end.finished === null || (end.exitCode === 0 && view.restarts < 3)) return false
  const age = now - end.finished
  if (!view.ready && view.restarts > 0) return age < HOUR
  // Running and ready again: only a habit of ending, still fresh, is trouble; one that has outlived its last run by far is over it.
  const lived = end.started === null ? HOUR : end.finished - end.started
  // The node was away, and the kubelet found nothing of it when it came back.
  if (end.exitCode === 255 && end.reason === 'Unknown') return false
  if (hasSettled(view, now)) return false
  return (view.restarts >= 2 && age < Math.min(HOUR, Math.max(HOUR / 6, 3 * lived))) || (view.restarts >= 1 && age < HOUR / 6)
}

/** Whether it is ready and has outlived its last run by far: who ended within seconds, and has now run for minutes, has found what it wanted. */
export function hasSettled(view: ContainerView, now: number): boolean {
  const end = view.last
  if (!view.ready || !view.running || !end || end.finished === null) return false
  const lived = end.started === null ? HOUR : end.finished - end.started
  return now - (view.running.started ?? end.finished) > Math.max(3 * lived, OVER)
}

/** Whether a pod still has to be looked at: not on its way out, not finished well. */
export const isCurrent = (pod: KubeObject): boolean => !pod.metadata.deletionTimestamp && pod.status?.phase !== 'Succeeded'

export const isReady = (pod: KubeObject): boolean => condition(pod, 'Ready')?.status === 'True'

export const condition = (object: KubeObject, type: string): any => listOf(object.status?.conditions).find((c: any) => c.type === type)
