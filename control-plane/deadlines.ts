import type { Api, Json } from './api.ts'
import { stamp } from './kubelet/pod-status.ts'

/**
 * Deployments' progress deadlines in virtual time. The deployment controller compares the Progressing condition with the real clock, on which
 * a roll-out that has been stuck for an hour is two seconds old; so when the deadline passes in virtual time, the condition is set back to when
 * it was really last updated there, and the controller finds by itself that the deadline is exceeded.
 */
export class ProgressDeadlines {
  readonly #api: Api
  readonly #seen = new Map<string, { raw: string; at: number; deadline: number; path: string }>()

  /** `api` must write as kube-controller-manager: it is that one's field. */
  constructor(api: Api) {
    this.#api = api
  }

  /** The next deadline of a roll-out that is under way; Infinity without any. */
  async next(now: number): Promise<number> {
    const { items } = await this.#api.get('/apis/apps/v1/deployments')
    for (const deployment of items as Json[]) {
      const { uid, namespace, name } = deployment.metadata
      const progressing = deployment.status?.conditions?.find((c: Json) => c.type === 'Progressing')
      const under = progressing && ['ReplicaSetUpdated', 'NewReplicaSetCreated', 'FoundNewReplicaSet'].includes(progressing.reason)
      if (!under) this.#seen.delete(uid)
      else if (this.#seen.get(uid)?.raw !== progressing.lastUpdateTime + progressing.message) {
        const deadline = now + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000
        const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/status`
        this.#seen.set(uid, { raw: progressing.lastUpdateTime + progressing.message, at: now, deadline, path })
      }
    }
    return Math.min(Infinity, ...[...this.#seen.values()].map(({ deadline }) => deadline).filter((at) => at > now))
  }

  async act(now: number): Promise<void> {
    for (const [uid, { deadline, at, path }] of this.#seen) {
      if (deadline > now) continue
      this.#seen.delete(uid)
      await this.#api.strategicMerge(path, { status: { conditions: [{ type: 'Progressing', lastUpdateTime: stamp(at) }] } })
    }
  }
}
