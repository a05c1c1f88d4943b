import type { ObjectRef } from '#kinds/result'
import type { Alert } from './notification.ts'

/**
 * Labels that name the object an alert is about, the most telling first: a workload is named on purpose, while a pod, a service or a
 * namespace may be only the place where the metric was scraped. `job` is never one: it is Prometheus' scrape job (a Job is `job_name`).
 */
const NAMED_BY: readonly { label: string; apiVersion: string; kind: string; clusterScoped?: true }[] = [
  { label: 'deployment', apiVersion: 'apps/v1', kind: 'Deployment' },
  { label: 'statefulset', apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { label: 'daemonset', apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { label: 'cronjob', apiVersion: 'batch/v1', kind: 'CronJob' },
  { label: 'job_name', apiVersion: 'batch/v1', kind: 'Job' },
  { label: 'horizontalpodautoscaler', apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { label: 'hpa', apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { label: 'poddisruptionbudget', apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  { label: 'persistentvolumeclaim', apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  { label: 'persistentvolume', apiVersion: 'v1', kind: 'PersistentVolume', clusterScoped: true },
  { label: 'resourcequota', apiVersion: 'v1', kind: 'ResourceQuota' },
  { label: 'ingress', apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  { label: 'httproute', apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
  { label: 'gateway', apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway' },
  { label: 'replicaset', apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  { label: 'pod', apiVersion: 'v1', kind: 'Pod' },
  { label: 'pod_name', apiVersion: 'v1', kind: 'Pod' },
  { label: 'node', apiVersion: 'v1', kind: 'Node', clusterScoped: true },
  { label: 'service', apiVersion: 'v1', kind: 'Service' },
]

/** kubernetes-mixin's `namespace_workload_pod` rules say it in two labels. */
const WORKLOAD_TYPES: Readonly<Record<string, { apiVersion: string; kind: string }>> = {
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  statefulset: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  daemonset: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  replicaset: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  job: { apiVersion: 'batch/v1', kind: 'Job' },
  cronjob: { apiVersion: 'batch/v1', kind: 'CronJob' },
}

/**
 * Programs that tell about other objects: the `pod`, `service` and `namespace` labels of their metrics are their own unless the metric brings
 * some (`honorLabels`), and then the names differ from theirs.
 */
const EXPORTERS = ['kube-state-metrics', 'node-exporter']

/** The Kubernetes object that an alert is about, by its labels; a namespace when they name no more; null when not even that. */
export function targetOf(alert: Pick<Alert, 'labels'>): ObjectRef | null {
  const label = reader(alert.labels)
  const namespace = label('namespace') || label('kubernetes_namespace')
  const workload = WORKLOAD_TYPES[label('workload_type').toLowerCase()]
  if (workload && namespace && label('workload')) return { ...workload, namespace, name: label('workload') }

  const exporter = EXPORTERS.find((name) => label('job').includes(name) || label('container') === name)
  const ofExporter: ObjectRef[] = []
  for (const { label: name, apiVersion, kind, clusterScoped } of NAMED_BY) {
    const value = label(name)
    if (!value || (!clusterScoped && !namespace)) continue
    const ref: ObjectRef = { apiVersion, kind, namespace: clusterScoped ? null : namespace, name: value }
    const isExporter = exporter !== undefined && (kind === 'Pod' || kind === 'Service') && value.includes(exporter)
    if (!isExporter) return ref
    ofExporter.push(ref)
  }
  const node = exporter === 'node-exporter' ? nodeOfInstance(label('nodename') || label('instance')) : null
  if (node) return node
  // It may be about the exporter itself: better than nothing. For a node exporter, its pod leads to its node.
  if (ofExporter[0]) return ofExporter[0]
  return namespace ? { apiVersion: 'v1', kind: 'Namespace', namespace: null, name: namespace } : null
}

/** With `honorLabels: false` Prometheus keeps the metric's own label as `exported_x` beside the scrape target's `x`. */
function reader(labels: Readonly<Record<string, string>>): (name: string) => string {
  return (name) => (name === 'job' ? labels['job'] : (labels[`exported_${name}`] ?? labels[name])) ?? ''
}

/** `worker-3:9100` names a node; `10.0.0.7:9100` does not. */
function nodeOfInstance(instance: string): ObjectRef | null {
  const name = instance.replace(/:\d+$/, '')
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) || /^[\d.]+$/.test(name)) return null
  return { apiVersion: 'v1', kind: 'Node', namespace: null, name }
}
