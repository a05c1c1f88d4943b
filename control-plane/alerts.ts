import type { Alert } from './alert.ts'

/** Alerts as kube-prometheus words them, with the labels that kube-state-metrics' series carry through its rules. */
const KSM = {
  container: 'kube-rbac-proxy-main',
  endpoint: 'https-main',
  instance: '10.244.1.8:8443',
  job: 'kube-state-metrics',
  prometheus: 'monitoring/k8s',
}
const runbook = (name: string) => `https://runbooks.prometheus-operator.dev/runbooks/kubernetes/${name.toLowerCase()}`

export interface Made {
  startsAt: string
  namespace: string
}

export function make(
  name: string,
  own: Record<string, string>,
  words: { summary: string; description: string },
  startsAt: string,
  expr: string,
  severity = 'warning',
): Alert {
  return {
    labels: { alertname: name, ...KSM, ...own, severity },
    annotations: { description: words.description, runbook_url: runbook(name), summary: words.summary },
    startsAt,
    expr,
  }
}

export const kubePrometheus = {
  deploymentReplicasMismatch: ({ namespace, deployment, startsAt }: Made & { deployment: string }) =>
    make(
      'KubeDeploymentReplicasMismatch',
      { namespace, deployment },
      {
        summary: 'Deployment has not matched the expected number of replicas.',
        description: `Deployment ${namespace}/${deployment} has not matched the expected number of replicas for longer than 15 minutes on cluster .`,
      },
      startsAt,
      '(kube_deployment_spec_replicas{job="kube-state-metrics"} > kube_deployment_status_replicas_available{job="kube-state-metrics"}) and (changes(kube_deployment_status_replicas_updated{job="kube-state-metrics"}[10m]) == 0)',
    ),
  podCrashLooping: ({ namespace, pod, container, startsAt }: Made & { pod: string; container: string }) =>
    make(
      'KubePodCrashLooping',
      { namespace, pod, container, reason: 'CrashLoopBackOff', uid: '' },
      {
        summary: 'Pod is crash looping.',
        description: `Pod ${namespace}/${pod} (${container}) is in waiting state (reason: "CrashLoopBackOff") on cluster .`,
      },
      startsAt,
      'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff", job="kube-state-metrics"}[5m]) >= 1',
    ),
  podNotReady: ({ namespace, pod, startsAt }: Made & { pod: string }) =>
    make(
      'KubePodNotReady',
      { namespace, pod },
      {
        summary: 'Pod has been in a non-ready state for more than 15 minutes.',
        description: `Pod ${namespace}/${pod} has been in a non-ready state for longer than 15 minutes on cluster .`,
      },
      startsAt,
      'sum by (namespace, pod, job, cluster) (max by (namespace, pod, job, cluster) (kube_pod_status_phase{job="kube-state-metrics", phase=~"Pending|Unknown"})) > 0',
    ),
  containerWaiting: ({ namespace, pod, container, reason, startsAt }: Made & { pod: string; container: string; reason: string }) =>
    make(
      'KubeContainerWaiting',
      { namespace, pod, container, reason },
      {
        summary: 'Pod container waiting longer than 1 hour',
        description: `pod/${pod} in namespace ${namespace} on container ${container} has been in waiting state for longer than 1 hour. (reason: "${reason}") on cluster .`,
      },
      startsAt,
      'kube_pod_container_status_waiting_reason{reason!="CrashLoopBackOff", job="kube-state-metrics"} > 0',
    ),
  deploymentRolloutStuck: ({ namespace, deployment, startsAt }: Made & { deployment: string }) =>
    make(
      'KubeDeploymentRolloutStuck',
      { namespace, deployment, condition: 'Progressing', status: 'false' },
      {
        summary: 'Deployment rollout is not progressing.',
        description: `Rollout of deployment ${namespace}/${deployment} is not progressing for longer than 15 minutes on cluster .`,
      },
      startsAt,
      'kube_deployment_status_condition{condition="Progressing", status="false", job="kube-state-metrics"} != 0',
    ),
  jobFailed: ({ namespace, job_name, startsAt }: Made & { job_name: string }) =>
    make(
      'KubeJobFailed',
      { namespace, job_name, condition: 'true' },
      {
        summary: 'Job failed to complete.',
        description: `Job ${namespace}/${job_name} failed to complete. Removing failed job after investigation should clear this alert on cluster .`,
      },
      startsAt,
      'kube_job_failed{job="kube-state-metrics"} > 0',
    ),
  statefulSetReplicasMismatch: ({ namespace, statefulset, startsAt }: Made & { statefulset: string }) =>
    make(
      'KubeStatefulSetReplicasMismatch',
      { namespace, statefulset },
      {
        summary: 'StatefulSet has not matched the expected number of replicas.',
        description: `StatefulSet ${namespace}/${statefulset} has not matched the expected number of replicas for longer than 15 minutes on cluster .`,
      },
      startsAt,
      '(kube_statefulset_status_replicas_ready{job="kube-state-metrics"} != kube_statefulset_replicas{job="kube-state-metrics"})',
    ),
  nodeNotReady: ({ node, startsAt }: { node: string; startsAt: string }) =>
    make(
      'KubeNodeNotReady',
      { node, condition: 'Ready', status: 'true' },
      { summary: 'Node is not ready.', description: `${node} has been unready for more than 15 minutes on cluster .` },
      startsAt,
      'kube_node_status_condition{job="kube-state-metrics",condition="Ready",status="true"} == 0',
    ),
  daemonSetNotScheduled: ({ namespace, daemonset, count, startsAt }: Made & { daemonset: string; count: number }) =>
    make(
      'KubeDaemonSetNotScheduled',
      { namespace, daemonset },
      {
        summary: 'DaemonSet pods are not scheduled.',
        description: `${count} Pods of DaemonSet ${namespace}/${daemonset} are not scheduled on cluster .`,
      },
      startsAt,
      'kube_daemonset_status_desired_number_scheduled{job="kube-state-metrics"} - kube_daemonset_status_current_number_scheduled{job="kube-state-metrics"} > 0',
    ),
  daemonSetRolloutStuck: ({ namespace, daemonset, startsAt }: Made & { daemonset: string }) =>
    make(
      'KubeDaemonSetRolloutStuck',
      { namespace, daemonset },
      {
        summary: 'DaemonSet rollout is stuck.',
        description: `DaemonSet ${namespace}/${daemonset} has not finished or progressed for at least 15m on cluster .`,
      },
      startsAt,
      '((kube_daemonset_status_current_number_scheduled{job="kube-state-metrics"} != kube_daemonset_status_desired_number_scheduled{job="kube-state-metrics"}) or (kube_daemonset_status_number_available{job="kube-state-metrics"} != kube_daemonset_status_desired_number_scheduled{job="kube-state-metrics"})) and (changes(kube_daemonset_status_updated_number_scheduled{job="kube-state-metrics"}[5m]) == 0)',
    ),
  jobNotCompleted: ({ namespace, job_name, startsAt }: Made & { job_name: string }) =>
    make(
      'KubeJobNotCompleted',
      { namespace, job_name },
      {
        summary: 'Job did not complete in time',
        description: `Job ${namespace}/${job_name} is taking more than 12h 0m 0s to complete on cluster .`,
      },
      startsAt,
      'time() - max by (namespace, job_name, cluster) (kube_job_status_start_time{job="kube-state-metrics"} and kube_job_status_active{job="kube-state-metrics"} > 0) > 43200',
    ),
  quotaFullyUsed: ({ namespace, resourcequota, resource, startsAt }: Made & { resourcequota: string; resource: string }) =>
    make(
      'KubeQuotaFullyUsed',
      { namespace, resourcequota, resource },
      {
        summary: 'Namespace quota is fully used.',
        description: `Namespace ${namespace} is using 100% of its ${resource} quota on cluster .`,
      },
      startsAt,
      'max without (instance, job, type) (kube_resourcequota{job="kube-state-metrics", type="used"}) / on (cluster, namespace, resource, resourcequota) group_left() (max without (instance, job, type) (kube_resourcequota{job="kube-state-metrics", type="hard"}) > 0) == 1',
      'info',
    ),
  /** A rule of a team's own, on a metric of its own. */
  own: (
    name: string,
    labels: Record<string, string>,
    words: { summary: string; description: string },
    startsAt: string,
    expr: string,
  ): Alert => ({
    labels: { alertname: name, prometheus: 'monitoring/k8s', severity: 'warning', ...labels },
    annotations: words,
    startsAt,
    expr,
  }),
  /** From cadvisor's series, so without kube-state-metrics' labels. */
  cpuThrottlingHigh: ({
    namespace,
    pod,
    container,
    percent,
    startsAt,
  }: Made & { pod: string; container: string; percent: number }): Alert => ({
    labels: { alertname: 'CPUThrottlingHigh', namespace, pod, container, prometheus: 'monitoring/k8s', severity: 'info' },
    annotations: {
      description: `${percent}% throttling of CPU in namespace ${namespace} for container ${container} in pod ${pod} on cluster .`,
      runbook_url: runbook('CPUThrottlingHigh'),
      summary: 'Processes experience elevated CPU throttling.',
    },
    startsAt,
    expr: 'sum(increase(container_cpu_cfs_throttled_periods_total{container!=""}[5m])) without (id, metrics_path, name, image, endpoint, job, node) / sum(increase(container_cpu_cfs_periods_total[5m])) > ( 25 / 100 )',
  }),
  targetDown: ({ namespace, service, job, startsAt }: Made & { service: string; job: string }): Alert => ({
    labels: { alertname: 'TargetDown', namespace, service, job, prometheus: 'monitoring/k8s', severity: 'warning' },
    annotations: {
      description: `100% of the ${job}/${service} targets in ${namespace} namespace are down.`,
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/general/targetdown',
      summary: 'One or more targets are unreachable.',
    },
    startsAt,
    expr: '100 * (count by (cluster, job, namespace, service) (up == 0) / count by (cluster, job, namespace, service) (up)) > 10',
  }),
}
