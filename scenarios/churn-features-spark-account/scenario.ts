import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Json, KubeObject } from '../../control-plane/api.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const CRON = { apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'feature-pipelines', name: 'churn-features' }
const cron = (patch: Json, status = false): Patch => ({ ...CRON, patch, ...(status ? { subresource: 'status' as const } : {}) })
const asSpark = ({ spec }: KubeObject) => spec.serviceAccountName === 'spark'
const FORBIDDEN = 'pods is forbidden: User "system:serviceaccount:feature-pipelines:default" cannot watch resource "pods" in API group "" in the namespace "feature-pipelines"'

export const scenario: Scenario = {
  title: "a chart's upgrade dropped the Spark driver's ServiceAccount",
  now: '2026-11-23T04:52:12Z',
  nodes: [
    { name: 'lake-n1', ip: '10.64.8.11', cpu: '8', memory: '32779220Ki' },
    { name: 'lake-n2', ip: '10.64.8.12', cpu: '8', memory: '32779220Ki' },
    { name: 'lake-n3', ip: '10.64.8.13', cpu: '8', memory: '32779220Ki' },
  ],
  steps: [
    { at: '-88d', apply: ['shared/victoria.yaml'], manager: 'helm' },
    { at: '-44d', apply: ['10-pipelines.yaml'], manager: 'helm' },
    { at: '-1d42m12s', apply: ['20-job-yesterday.yaml'], manager: 'kube-controller-manager' },
    {
      at: '-14h6m',
      manager: 'helm',
      patch: [
        cron({
          metadata: { labels: { 'helm.sh/chart': 'spark-cron-4.0.0' } },
          spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: null, serviceAccount: null } } } } },
        }),
      ],
    },
    // The night before was its last; the controller makes the Job that is due by the schedule.
    { at: '-42m12s', manager: 'kube-controller-manager', patch: [cron({ status: { lastScheduleTime: '2026-11-22T04:10:00Z' } }, true)] },
  ],
  behaviours: [
    ...around,
    {
      pods: { namespace: 'feature-pipelines', labels: { app: 'churn-features' }, where: asSpark },
      exits: { code: 0, after: 688 },
      logs: [
        { after: 3, text: '26/11/22 {clock} INFO SparkContext: Running Spark version 4.0.1' },
        { after: 21, text: '26/11/22 {clock} INFO KubernetesClusterSchedulerBackend$KubernetesDriverEndpoint: Registered executor NettyRpcEndpointRef(spark-client://Executor) with ID 1, ResourceProfileId 0' },
        { after: 60, every: 60, text: '26/11/22 {clock} INFO TaskSetManager: Finished task {n}.0 in stage 4.0 (TID 4{n}) in 9{ms} ms on 10.244.2.41 (executor 2)' },
        { after: 686, text: '26/11/22 {clock} INFO SparkContext: Successfully stopped SparkContext' },
      ],
    },
    {
      pods: { namespace: 'feature-pipelines', labels: { app: 'churn-features' }, where: (pod) => !asSpark(pod) },
      exits: { code: 1, after: 14 },
      logs: [
        { after: 0.5, text: '++ id -u\n+ myuid=185' },
        { after: 3, text: '26/11/23 {clock} INFO SparkContext: Running Spark version 4.0.1' },
        { after: 3.1, text: '26/11/23 {clock} INFO SparkContext: OS info Linux, 6.12.41-generic, amd64' },
        { after: 5, text: "26/11/23 {clock} INFO Utils: Successfully started service 'SparkUI' on port 4040." },
        { after: 5.4, text: '26/11/23 {clock} INFO SparkKubernetesClientFactory: Auto-configuring K8S client using current context from users K8S config file' },
        { after: 7, text: `26/11/23 {clock} WARN WatchConnectionManager: Exec Failure: HTTP 403, Status: 403 - ${FORBIDDEN}` },
        {
          after: 8,
          text: `26/11/23 {clock} ERROR SparkContext: Error initializing SparkContext.
io.fabric8.kubernetes.client.KubernetesClientException: ${FORBIDDEN}
	at io.fabric8.kubernetes.client.KubernetesClientException.copyAsCause(KubernetesClientException.java:205)
	at io.fabric8.kubernetes.client.utils.Utils.waitUntilReady(Utils.java:178)
	at io.fabric8.kubernetes.client.dsl.internal.BaseOperation.watch(BaseOperation.java:614)
	at org.apache.spark.scheduler.cluster.k8s.ExecutorPodsWatchSnapshotSource.start(ExecutorPodsWatchSnapshotSource.scala:61)
	at org.apache.spark.scheduler.cluster.k8s.KubernetesClusterSchedulerBackend.start(KubernetesClusterSchedulerBackend.scala:144)
	at org.apache.spark.scheduler.TaskSchedulerImpl.start(TaskSchedulerImpl.scala:236)
	at org.apache.spark.SparkContext.<init>(SparkContext.scala:596)
	at org.apache.spark.sql.SparkSession$Builder.getOrCreate(SparkSession.scala:1093)
	at io.lakeside.features.Churn$.main(Churn.scala:27)
Caused by: io.fabric8.kubernetes.client.KubernetesClientException: ${FORBIDDEN}
	at io.fabric8.kubernetes.client.dsl.internal.WatchConnectionManager$1.onFailure(WatchConnectionManager.java:122)`,
        },
        { after: 9, text: '26/11/23 {clock} INFO SparkUI: Stopped Spark web UI at http://{podip}:4040' },
        { after: 11, text: '26/11/23 {clock} INFO SparkContext: Successfully stopped SparkContext' },
        { after: 12, text: '26/11/23 {clock} INFO ShutdownHookManager: Shutdown hook called' },
      ],
    },
    { pods: { namespace: 'feature-pipelines', labels: { app: 'feature-registry' } }, logs: [{ after: 4, text: '{log4j} feast.registry_server INFO: Starting gRPC registry server on localhost:6570' }] },
  ],
  alert: (podsOf) => {
    const pod = podsOf('feature-pipelines', 'churn-features-').find((one) => !asSpark(one as KubeObject))
    return kubePrometheus.jobFailed({ namespace: 'feature-pipelines', job_name: pod?.metadata.labels['job-name'], startsAt: '-25m' })
  },
}
