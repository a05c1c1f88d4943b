import type { Api, KubeObject } from '../api.ts'
import type { PodLife } from './pod-life.ts'

const MAX = 600_000

/**
 * The Job controller replaces a failed pod after 10 s, doubled with every failure, counted from when the pod finished, by the real clock: to it,
 * a pod that finished in virtual time finished long ago, and it would replace it at once. So the end of a failed try is reported when the next is
 * due, and the pods' times are as they would have been.
 */
export class JobRetries {
  readonly #failures = new Map<string, Map<string, number>>()
  readonly #limits = new Map<string, number>()

  /** How often the pod's Job tries: after the last failure there is nothing to wait for. */
  async learn(api: Api, pod: KubeObject): Promise<void> {
    const job = jobOf(pod)
    if (!job || this.#limits.has(job.uid)) return
    const { spec } = await api.get(`/apis/batch/v1/namespaces/${pod.metadata.namespace}/jobs/${job.name}`)
    this.#limits.set(job.uid, spec.backoffLimit ?? 6)
  }

  /** When this pod's status may be written. */
  reportAt(pod: KubeObject, life: PodLife, now: number): number {
    const job = jobOf(pod)
    if (!job || pod.spec.restartPolicy !== 'Never') return now
    const failedAt = failureOf(life, now)
    if (failedAt === null) return now
    const failures = this.#failures.get(job.uid) ?? new Map<string, number>()
    this.#failures.set(job.uid, failures)
    const uid = pod.metadata.uid ?? ''
    const nth = failures.get(uid) ?? failures.size
    failures.set(uid, nth)
    if (nth >= (this.#limits.get(job.uid) ?? Infinity)) return now
    return failedAt + Math.min(10_000 * 2 ** nth, MAX)
  }
}

const jobOf = (pod: KubeObject) => pod.metadata.ownerReferences?.find(({ kind }) => kind === 'Job')

function failureOf(life: PodLife, now: number): number | null {
  const ended = life.containers.map(({ life }) => ({ at: life.endedAt, code: life.runs.at(-1)?.code }))
  const failed = ended.filter(({ at, code }) => at !== null && at <= now && code !== 0).map(({ at }) => at ?? 0)
  const over = ended.every(({ at }) => at !== null && at <= now)
  return failed.length && over ? Math.max(...failed) : null
}
