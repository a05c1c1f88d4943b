import { type Api, ApiError, type Json } from './api.ts'

const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/**
 * The eviction of pods from nodes that are lost, in virtual time: the real controller waits for `tolerationSeconds` (300 by default) by the real
 * clock. When they have passed in virtual time, this does what it would have done: an event, and the deletion.
 */
export class TaintEvictions {
  readonly #api: Api
  /** When a node's taint was first seen. */
  readonly #since = new Map<string, number>()
  readonly #done = new Set<string>()

  /** `api` writes as kube-controller-manager. */
  constructor(api: Api) {
    this.#api = api
  }

  async next(now: number): Promise<number> {
    const due = await this.#due(now)
    return Math.min(Infinity, ...due.map(({ at }) => at).filter((at) => at > now))
  }

  async isDue(now: number): Promise<boolean> {
    return (await this.#due(now)).some(({ at }) => at <= now)
  }

  async act(now: number): Promise<void> {
    for (const { pod, at } of await this.#due(now)) {
      if (at > now) continue
      const { name, namespace, uid, resourceVersion } = pod.metadata
      this.#done.add(uid)
      await this.#tell({ apiVersion: 'v1', kind: 'Pod', name, namespace, uid, resourceVersion })
      await this.#api.delete(`/api/v1/namespaces/${namespace}/pods/${name}`).catch(ignoreMissing)
    }
  }

  async #due(now: number): Promise<{ pod: Json; at: number }[]> {
    const { items: nodes } = await this.#api.get('/api/v1/nodes')
    const taints = new Map<string, Json>()
    for (const { metadata, spec } of nodes as Json[]) {
      const taint = spec.taints?.find((t: Json) => t.effect === 'NoExecute' && KEYS.includes(t.key))
      if (!taint) this.#since.delete(metadata.name)
      else {
        taints.set(metadata.name, taint)
        if (!this.#since.has(metadata.name)) this.#since.set(metadata.name, now)
      }
    }
    if (taints.size === 0) return []
    const { items: pods } = await this.#api.get('/api/v1/pods')
    return (pods as Json[]).flatMap((pod) => {
      const taint = taints.get(pod.spec.nodeName)
      if (!taint || this.#done.has(pod.metadata.uid) || pod.metadata.deletionTimestamp) return []
      const tolerations = (pod.spec.tolerations ?? []).filter(
        (t: Json) => (!t.key || t.key === taint.key) && (!t.effect || t.effect === 'NoExecute'),
      )
      const seconds = Math.min(Infinity, ...tolerations.map((t: Json) => t.tolerationSeconds ?? Infinity))
      const wait = tolerations.length ? seconds : 0
      return wait === Infinity ? [] : [{ pod, at: (this.#since.get(pod.spec.nodeName) ?? now) + wait * 1000 }]
    })
  }

  async #tell(involvedObject: Json): Promise<void> {
    const { name, namespace } = involvedObject
    const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    await this.#api.create(`/api/v1/namespaces/${namespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${(BigInt(Date.now()) * 1_000_000n + 41_771n).toString(16)}`, namespace },
      involvedObject,
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message: `Marking for deletion Pod ${namespace}/${name}`,
      source: { component: 'taint-eviction-controller' },
      reportingComponent: 'taint-eviction-controller',
      reportingInstance: '',
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    })
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 404)) throw error
}
