import { fingerprint } from '#alert'
import { redact } from '#kit/redact'
import type { KubeObject } from '#cluster'
import type { WatchedProblem } from '#kinds/kubernetes-source'
import { judgeObject } from './judge-object.ts'
import { workloadOf } from './workload.ts'

/** An alert that should fire, or that may not end yet: one a workload and problem. */
export interface Sick {
  problem: WatchedProblem
  fingerprint: string
  labels: Readonly<Record<string, string>>
  group: Readonly<Record<string, string>>
  /** Whether any of its objects is ill now; else all are unsure. */
  isIll: boolean
  /** Of the first that is ill. */
  message: string
  objects: string[]
}

/** In kube-prometheus' words, where it has one. */
export const ALERTNAMES: Readonly<Record<WatchedProblem, string>> = {
  CrashLoop: 'KubePodCrashLooping',
  OutOfMemory: 'KubePodOOMKilled',
  ImagePull: 'KubeContainerWaiting',
  FailedJob: 'KubeJobFailed',
  Unschedulable: 'KubePodNotReady',
  NodeNotReady: 'KubeNodeNotReady',
  WarningEvent: 'KubeWarningEvent',
}

export const MAX_NAMED = 5

/** All that is wrong with these objects, by fingerprint, and when time alone changes that (epoch milliseconds; Infinity: never). */
export function findSick(
  objects: Iterable<KubeObject>,
  problems: readonly WatchedProblem[],
  now: number,
): { sick: Map<string, Sick>; until: number } {
  const sick = new Map<string, Sick>()
  const healedJobs = newestOfCronJobs(objects)
  let until = Infinity
  for (const object of objects) {
    for (const verdict of judgeObject(object, now)) {
      if (!problems.includes(verdict.problem)) continue
      const { labels: own, group } = workloadOf(object)
      // A run that went well ends the trouble of the one before, which the history keeps.
      if (object.kind === 'Job' && own['cronjob'] && healedJobs.get(`${own['namespace']}/${own['cronjob']}`) !== object) continue
      until = Math.min(until, verdict.until ?? Infinity)
      const labels = { alertname: ALERTNAMES[verdict.problem], ...own, severity: 'warning' }
      const key = fingerprint(labels)
      const one: Sick = sick.get(key) ?? {
        problem: verdict.problem,
        fingerprint: key,
        labels,
        group,
        isIll: false,
        message: '',
        objects: [],
      }
      if (verdict.state === 'ill' && !one.isIll) Object.assign(one, { isIll: true, message: redact(verdict.message) })
      if (one.objects.length < MAX_NAMED && !one.objects.includes(object.metadata.name)) one.objects.push(object.metadata.name)
      sick.set(key, one)
    }
  }
  return { sick, until }
}

/** The Job of each CronJob that ended last. */
function newestOfCronJobs(objects: Iterable<KubeObject>): Map<string, KubeObject> {
  const newest = new Map<string, KubeObject>()
  for (const object of objects) {
    const owner = object.kind === 'Job' ? object.metadata.ownerReferences?.[0] : undefined
    if (owner?.kind !== 'CronJob' || endOf(object) === '') continue
    const key = `${object.metadata.namespace}/${owner.name}`
    const known = newest.get(key)
    if (!known || endOf(object) > endOf(known)) newest.set(key, object)
  }
  return newest
}

const endOf = ({ status }: KubeObject): string => status.conditions.find((one: any) => one.status === 'True')?.lastTransitionTime ?? ''
