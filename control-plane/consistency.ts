import type { Api, Json } from './api.ts'

/**
 * Whether the controllers have caught up with what is there: virtual time must not jump by days while a busy machine's controller still has to
 * create a pod. Answers with what is behind, or null.
 */
export async function behind(api: Api, stopped: ReadonlySet<string> = new Set()): Promise<string | null> {
  if (stopped.has('kube-controller-manager')) return null
  const list = async (path: string): Promise<Json[]> => (await api.get(path)).items
  const [deployments, replicaSets, statefulSets, daemonSets, pods] = await Promise.all([
    list('/apis/apps/v1/deployments'),
    list('/apis/apps/v1/replicasets'),
    list('/apis/apps/v1/statefulsets'),
    list('/apis/apps/v1/daemonsets'),
    list('/api/v1/pods'),
  ])
  const unseen = [...deployments, ...replicaSets, ...statefulSets, ...daemonSets].find(
    ({ metadata, status }) => (status?.observedGeneration ?? 0) < metadata.generation,
  )
  if (unseen) return name(unseen)
  const short = replicaSets.find(({ spec, status }) => status.replicas !== spec.replicas && !failing(status)) ?? daemonSets.find(scheduling)
  if (short) return name(short)
  const waiting = pods.find(
    ({ spec, status }) =>
      !spec.nodeName && !status.conditions?.length && spec.schedulerName === 'default-scheduler' && !stopped.has('kube-scheduler'),
  )
  if (waiting) return name(waiting)
  const stale = replicaSets.find((set) => set.spec.replicas > 0 && (set.status.readyReplicas ?? 0) !== readyOf(pods, set))
  return stale ? name(stale) : null
}

const name = ({ metadata }: Json) => `${metadata.namespace}/${metadata.name}`
const failing = (status: Json) => status.conditions?.some((c: Json) => c.type === 'ReplicaFailure' && c.status === 'True')
const scheduling = ({ status }: Json) =>
  status.desiredNumberScheduled !== status.currentNumberScheduled || status.desiredNumberScheduled === 0

function readyOf(pods: Json[], set: Json): number {
  const own = pods.filter((pod) => pod.metadata.ownerReferences?.some(({ uid }: Json) => uid === set.metadata.uid))
  return own.filter((pod) => pod.status.conditions?.some((c: Json) => c.type === 'Ready' && c.status === 'True')).length
}
