import type { Alert } from './alert.ts'
import { make, type Made } from './alerts.ts'

/** Alerts of kube-prometheus about controllers and nodes, and the form of a team's own. */
export const controllerAlerts = {
  deploymentGenerationMismatch: ({ namespace, deployment, startsAt }: Made & { deployment: string }) =>
    make(
      'KubeDeploymentGenerationMismatch',
      { namespace, deployment },
      {
        summary: 'Deployment generation mismatch due to possible roll-back',
        description: `Deployment generation for ${namespace}/${deployment} does not match, this indicates that the Deployment has failed but has not been rolled back on cluster .`,
      },
      startsAt,
      'kube_deployment_status_observed_generation{job="kube-state-metrics"} != kube_deployment_metadata_generation{job="kube-state-metrics"}',
    ),
  statefulSetUpdateNotRolledOut: ({ namespace, statefulset, startsAt }: Made & { statefulset: string }) =>
    make(
      'KubeStatefulSetUpdateNotRolledOut',
      { namespace, statefulset },
      {
        summary: 'StatefulSet update has not been rolled out.',
        description: `StatefulSet ${namespace}/${statefulset} update has not been rolled out on cluster .`,
      },
      startsAt,
      'max by (namespace, statefulset, job, cluster) (kube_statefulset_status_current_revision{job="kube-state-metrics"} unless kube_statefulset_status_update_revision{job="kube-state-metrics"})',
    ),
  daemonSetMisScheduled: ({ namespace, daemonset, startsAt }: Made & { daemonset: string }) =>
    make(
      'KubeDaemonSetMisScheduled',
      { namespace, daemonset },
      {
        summary: 'DaemonSet pods are misscheduled.',
        description: `1 Pods of DaemonSet ${namespace}/${daemonset} are running where they are not supposed to run on cluster .`,
      },
      startsAt,
      'kube_daemonset_status_number_misscheduled{job="kube-state-metrics"} > 0',
    ),
  hpaReplicasMismatch: ({ namespace, horizontalpodautoscaler, startsAt }: Made & { horizontalpodautoscaler: string }) =>
    make(
      'KubeHpaReplicasMismatch',
      { namespace, horizontalpodautoscaler },
      {
        summary: 'HPA has not matched desired number of replicas.',
        description: `HPA ${namespace}/${horizontalpodautoscaler} has not matched the desired number of replicas for longer than 15 minutes on cluster .`,
      },
      startsAt,
      '(kube_horizontalpodautoscaler_status_desired_replicas{job="kube-state-metrics"} != kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics"})',
    ),
  hpaMaxedOut: ({ namespace, horizontalpodautoscaler, startsAt }: Made & { horizontalpodautoscaler: string }) =>
    make(
      'KubeHpaMaxedOut',
      { namespace, horizontalpodautoscaler },
      {
        summary: 'HPA is running at max replicas',
        description: `HPA ${namespace}/${horizontalpodautoscaler} has been running at max replicas for longer than 15 minutes on cluster .`,
      },
      startsAt,
      'kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics"} == kube_horizontalpodautoscaler_spec_max_replicas{job="kube-state-metrics"}',
    ),
  pdbNotEnoughHealthyPods: ({ namespace, poddisruptionbudget, startsAt }: Made & { poddisruptionbudget: string }) =>
    make(
      'KubePdbNotEnoughHealthyPods',
      { namespace, poddisruptionbudget },
      {
        summary: 'PDB does not have enough healthy pods.',
        description: `PDB ${namespace}/${poddisruptionbudget} expects more healthy pods. The desired number of healthy pods has not been met for at least 15m on cluster .`,
      },
      startsAt,
      '(kube_poddisruptionbudget_status_desired_healthy{job="kube-state-metrics"} - kube_poddisruptionbudget_status_current_healthy{job="kube-state-metrics"}) > 0',
    ),
  nodeUnreachable: ({ node, startsAt }: { node: string; startsAt: string }) =>
    make(
      'KubeNodeUnreachable',
      { node, key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
      { summary: 'Node is unreachable.', description: `${node} is unreachable and some workloads may be rescheduled on cluster .` },
      startsAt,
      '(kube_node_spec_taint{job="kube-state-metrics",key="node.kubernetes.io/unreachable",effect="NoSchedule"} unless ignoring(key,value) kube_node_spec_taint{job="kube-state-metrics",key=~"ToBeDeletedByClusterAutoscaler|cloud.google.com/impending-node-termination|aws-node-termination-handler/spot-itn"}) == 1',
    ),
  nodePressure: ({ node, condition, startsAt }: { node: string; condition: string; startsAt: string }) =>
    make(
      'KubeNodePressure',
      { node, condition, status: 'true' },
      { summary: 'Node has as active Condition.', description: `${node} has active Condition ${condition} on cluster .` },
      startsAt,
      'kube_node_status_condition{job="kube-state-metrics",condition=~"(MemoryPressure|DiskPressure|PIDPressure)",status="true"} == 1',
    ),
}

/** An alert of a team's own rules: what it names is theirs to choose. */
export const ownRule = (
  alertname: string,
  {
    startsAt,
    labels,
    summary,
    description,
    expr,
  }: { startsAt: string; labels: Record<string, string>; summary: string; description: string; expr: string },
): Alert => ({
  labels: { alertname, prometheus: 'monitoring/k8s', severity: 'warning', ...labels },
  annotations: { summary, description },
  startsAt,
  expr,
})
