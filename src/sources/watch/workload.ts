import type { KubeObject } from '#cluster'

/** Which workload an object belongs to, in the labels of alerts. */
export interface Workload {
  /** What makes its alerts the same; they name the object that an investigation begins with. */
  labels: Readonly<Record<string, string>>
  /** What makes its incident; of most the same. */
  group: Readonly<Record<string, string>>
}

const LABEL_BY_KIND: Readonly<Record<string, string>> = {
  StatefulSet: 'statefulset',
  DaemonSet: 'daemonset',
  ReplicaSet: 'replicaset',
  Job: 'job_name',
  CronJob: 'cronjob',
  Deployment: 'deployment',
}

/** Of other kinds the label is the kind in lower case, which is what rules call it, too. */
const labelOf = (kind: string): string => LABEL_BY_KIND[kind] ?? kind.toLowerCase()

/** An object that is its own workload: a Deployment, a PersistentVolumeClaim, a Node. */
export const ownWorkload = ({ kind, namespace, name }: { kind: string; namespace?: string; name: string }): Workload =>
  same({ ...(namespace !== undefined && { namespace }), [labelOf(kind)]: name })

/**
 * The topmost owner that the object itself tells of. A ReplicaSet of a Deployment is called after it and its pods' hash, which spares
 * a watch of ReplicaSets; a pod of another owner (an operator's) is its own object, in one incident with its siblings.
 */
export function workloadOf({ kind, metadata }: KubeObject): Workload {
  const { name, namespace = '' } = metadata
  if (kind === 'Node') return ownWorkload({ kind, name })
  const owner = metadata.ownerReferences?.[0]
  if (kind === 'Job') return same({ namespace, ...(owner?.kind === 'CronJob' ? { cronjob: owner.name } : { job_name: name }) })
  const hash = metadata.labels?.['pod-template-hash']
  // A mirror of a static pod belongs to its node, which is not what is ill.
  if (kind === 'ReplicaSet' && !owner) return ownWorkload({ kind, namespace, name })
  if (!owner || owner.kind === 'Node') return same({ namespace, pod: name })
  if (owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`))
    return same({ namespace, deployment: owner.name.slice(0, -hash.length - 1) })
  const label = LABEL_BY_KIND[owner.kind]
  if (label) return same({ namespace, [label]: owner.name })
  return { labels: { namespace, pod: name }, group: { namespace, workload: owner.name, workload_type: owner.kind.toLowerCase() } }
}

const same = (labels: Record<string, string>): Workload => ({ labels, group: labels })
