import { describe, expect, it } from 'vitest'
import {
  ago,
  cause,
  crashing,
  deployment,
  edited,
  event,
  node,
  object,
  pod,
  podSpec,
  running,
  service,
  unplaced,
  waiting,
} from '../fixtures.ts'

/** What happened, the cluster, what the alert is about and says, and what a person has to change. */
type Case = [string, any[], string, { labels?: any; annotations?: any; startsAt?: string } | null, RegExp | string]

const T = 'Deployment shop/web'
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
const says = (text: string, labels: any = {}) => ({ labels, annotations: { description: text } })
const custom = (apiVersion: string, kind: string, name: string, spec: any, metadata: any = {}, status?: any) =>
  object(apiVersion, kind, name, { metadata, spec, ...(status ? { status } : {}) })
const inNs = (namespace: string, objects: any[]) =>
  objects.flat().map((o: any) => {
    o.metadata.namespace = namespace
    return o
  })
const rep = (text: string) => ({ ...running, log: `${text}\n`.repeat(30) })
const switched = (field: string, at = ago('10h')) => edited({ 'f:spec': { [`f:${field}`]: {} } }, at)
const cluster = (apiVersion: string, kind: string, name: string, rest: any) => ({
  apiVersion,
  kind,
  ...rest,
  metadata: { name, uid: `uid-${name}`, creationTimestamp: ago('90d'), ...rest.metadata },
})
const hpa = (spec: any, status: any = {}, metadata: any = {}) =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    metadata,
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 10, ...spec },
    status,
  })
const ok = (t: string) => ({ type: t, status: 'True' })
const full = unplaced('0/3 nodes are available: 3 Insufficient cpu.')
const mq = [service('mq', { app: 'mq' }, [{ port: 5672 }]), deployment('mq', podSpec(), [running])]

const scalers: Case[] = [
  [
    'hpa scaleUp disabled',
    [
      deployment('web', podSpec(), [running, running]),
      hpa(
        {
          behavior: { scaleUp: { selectPolicy: 'Disabled' } },
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
        },
        {
          currentReplicas: 2,
          desiredReplicas: 2,
          currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 190 } } }],
          conditions: [{ type: 'ScalingActive', status: 'True' }],
        },
      ),
    ],
    T,
    says('p99 latency is high'),
    /HorizontalPodAutoscaler shop.web: spec.behavior/,
  ],
  [
    'hpa min=max',
    [
      deployment('web', podSpec(), [running, running]),
      hpa(
        {
          minReplicas: 2,
          maxReplicas: 2,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
        },
        {
          currentReplicas: 2,
          desiredReplicas: 2,
          currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 190 } } }],
          conditions: [
            { type: 'ScalingActive', status: 'True' },
            { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' },
          ],
        },
      ),
    ],
    T,
    says('p99 latency is high'),
    /HorizontalPodAutoscaler shop.web: spec.maxReplicas/,
  ],
  [
    'hpa max lowered',
    [
      deployment('web', podSpec(), [running, running]),
      hpa(
        {
          maxReplicas: 2,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
        },
        {
          currentReplicas: 2,
          desiredReplicas: 2,
          conditions: [
            { type: 'ScalingActive', status: 'True' },
            { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' },
          ],
        },
        switched('maxReplicas', ago('3h')),
      ),
    ],
    T,
    says('p99 latency is high'),
    /HorizontalPodAutoscaler shop.web: spec.maxReplicas/,
  ],
  [
    'hpa external metric absent',
    [
      deployment('web', podSpec(), [running, running]),
      hpa(
        {
          metrics: [
            { type: 'External', external: { metric: { name: 'queue_depth' }, target: { type: 'AverageValue', averageValue: '30' } } },
          ],
        },
        {
          currentReplicas: 2,
          desiredReplicas: 2,
          conditions: [
            {
              type: 'ScalingActive',
              status: 'False',
              reason: 'FailedGetExternalMetric',
              message:
                'the HPA was unable to compute the replica count: unable to get external metric shop/queue_depth/nil: no metrics returned from external metrics API',
            },
          ],
        },
      ),
    ],
    T,
    says('p99 latency is high'),
    /HorizontalPodAutoscaler shop.web: spec.metrics/,
  ],
  [
    'keda max 1',
    [
      ...mq,
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.new'])), [running]),
      custom(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'worker',
        { scaleTargetRef: { name: 'worker' }, minReplicaCount: 1, maxReplicaCount: 1 },
        switched('maxReplicaCount', ago('4h')),
        { conditions: [ok('Ready'), ok('Active')] },
      ),
    ],
    'Service shop/mq',
    says('orders.new has 21874 messages', { queue: 'orders.new' }),
    /ScaledObject shop.worker: spec.maxReplicaCount/,
  ],
  [
    'keda fallback',
    [
      ...mq,
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.new'])), [running]),
      custom(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'worker',
        { scaleTargetRef: { name: 'worker' }, triggers: [{ type: 'rabbitmq', metadata: { queueName: 'orders', hostFromEnv: 'AMQP' } }] },
        {},
        {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'TriggerError',
              message: 'Triggers defined in ScaledObject are not working correctly',
            },
          ],
        },
      ),
      event(
        custom('keda.sh/v1alpha1', 'ScaledObject', 'worker', {}),
        'KEDAScalerFailed',
        "error inspecting rabbitMQ: error response: 404, queue 'orders' not found",
        { type: 'Warning', count: 20 },
      ),
    ],
    'Service shop/mq',
    says('orders.new has 21874 messages', { queue: 'orders.new' }),
    /ScaledObject shop.worker: spec.triggers\[0\].metadata.queueName/,
  ],
  [
    'karpenter limits',
    [
      deployment('web', podSpec({ resources: { requests: { cpu: '2' } } }), [running, full]),
      event(
        pod('web-r1-1', podSpec(), full),
        'FailedScheduling',
        'Failed to schedule pod, incompatible with nodepool "general", daemonset overhead={"cpu":"450m"}, all available instance types exceed limits for nodepool: "general"',
        { type: 'Warning', reportingComponent: 'karpenter' },
      ),
      node('n1'),
      cluster('karpenter.sh/v1', 'NodePool', 'general', {
        spec: { limits: { cpu: '12' } },
        status: { resources: { cpu: '12' }, conditions: [ok('Ready')] },
      }),
    ],
    T,
    says('not ready'),
    /NodePool general: spec.limits/,
  ],
  [
    'karpenter nodeclass not ready',
    [
      deployment('web', podSpec({ resources: { requests: { cpu: '2' } } }), [running, full]),
      node('n1'),
      cluster('karpenter.k8s.aws/v1', 'EC2NodeClass', 'default', {
        spec: { amiSelectorTerms: [{ alias: 'al2023@v20240807' }] },
        status: {
          conditions: [
            { type: 'Ready', status: 'False', reason: 'AMINotFound', message: 'AMIsReady=False: AMI alias al2023@v20240807 not found' },
          ],
        },
      }),
      cluster('karpenter.sh/v1', 'NodePool', 'general', {
        spec: { template: { spec: { nodeClassRef: { kind: 'EC2NodeClass', name: 'default' } } } },
        status: { conditions: [{ type: 'Ready', status: 'False', reason: 'UnhealthyDependents', message: 'NodeClassReady=False' }] },
      }),
    ],
    T,
    says('not ready'),
    /EC2NodeClass default: spec.amiSelectorTerms/,
  ],
  [
    'kueue stop policy',
    [
      custom(
        'kueue.x-k8s.io/v1beta1',
        'LocalQueue',
        'train',
        { clusterQueue: 'gpus' },
        {},
        {
          pendingWorkloads: 3,
          conditions: [
            { type: 'Active', status: 'False', reason: 'ClusterQueueIsInactive', message: "Can't submit new workloads to clusterQueue" },
          ],
        },
      ),
      cluster('kueue.x-k8s.io/v1beta1', 'ClusterQueue', 'gpus', {
        spec: { stopPolicy: 'Hold' },
        status: {
          pendingWorkloads: 3,
          conditions: [{ type: 'Active', status: 'False', reason: 'Stopped', message: "Can't admit new workloads: is stopped." }],
        },
      }),
      object('batch/v1', 'Job', 'train-1', {
        metadata: { labels: { 'kueue.x-k8s.io/queue-name': 'train' } },
        spec: { suspend: true, template: { spec: podSpec() } },
        status: { conditions: [{ type: 'Suspended', status: 'True', reason: 'JobSuspended' }] },
      }),
    ],
    'Job shop/train-1',
    says('Job has not started for 2 hours'),
    /ClusterQueue gpus: spec.stopPolicy/,
  ],
  [
    'kafka topic replicas',
    [
      custom(
        'kafka.strimzi.io/v1beta2',
        'KafkaTopic',
        'orders',
        { partitions: 12, replicas: 5 },
        { labels: { 'strimzi.io/cluster': 'events' } },
        {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'KafkaError',
              message:
                'org.apache.kafka.common.errors.InvalidReplicationFactorException: Unable to replicate the partition 5 time(s): The target replication factor of 5 cannot be reached because only 3 broker(s) are registered.',
            },
          ],
        },
      ),
    ],
    'Namespace shop',
    says('topic not ready', { topic: 'orders' }),
    /KafkaTopic shop.orders: spec.replicas/,
  ],
  [
    'connector task failed',
    [
      custom(
        'kafka.strimzi.io/v1beta2',
        'KafkaConnector',
        'cdc',
        { class: 'io.debezium.connector.postgresql.PostgresConnector', config: { 'slot.name': 'cdc_slot', 'publication.name': 'dbz' } },
        { labels: { 'strimzi.io/cluster': 'connect' } },
        {
          conditions: [{ type: 'Ready', status: 'True' }],
          connectorStatus: {
            connector: { state: 'RUNNING' },
            tasks: [
              {
                id: 0,
                state: 'FAILED',
                trace: 'org.postgresql.util.PSQLException: ERROR: replication slot "cdc_slot" is active for PID 411\n\tat io.debezium',
              },
            ],
          },
        },
      ),
    ],
    'Namespace shop',
    says('A task of the connector has failed', { connector: 'cdc' }),
    /KafkaConnector shop.cdc: spec.config\[slot.name\]/,
  ],
  [
    'cnpg no disk',
    [
      custom(
        'postgresql.cnpg.io/v1',
        'Cluster',
        'orders',
        { instances: 3, storage: { size: '10Gi' } },
        {},
        {
          phase: 'Not enough disk space',
          conditions: [{ type: 'Ready', status: 'False', reason: 'ClusterIsNotReady', message: 'Cluster Is Not Ready' }],
        },
      ),
    ],
    'Namespace shop',
    says('database down', { cluster: 'orders' }),
    /Cluster shop.orders: spec.storage.size/,
  ],
  [
    'volumesnapshot error',
    [
      custom(
        'snapshot.storage.k8s.io/v1',
        'VolumeSnapshot',
        'nightly',
        { volumeSnapshotClassName: 'csi-old' },
        {},
        { readyToUse: false, error: { message: 'Failed to get snapshot class with error volumesnapshotclass "csi-old" not found' } },
      ),
    ],
    'Namespace shop',
    says('No snapshot for 2 days', { volumesnapshot: 'nightly' }),
    /VolumeSnapshot shop.nightly: spec.volumeSnapshotClassName/,
  ],
  [
    'argo rollout paused',
    [
      custom(
        'argoproj.io/v1alpha1',
        'Rollout',
        'web',
        { strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } } },
        {},
        { phase: 'Paused', message: 'CanaryPauseStep', pauseConditions: [{ reason: 'CanaryPauseStep', startTime: ago('9h') }] },
      ),
    ],
    'Namespace shop',
    says('Rollout is paused for hours', { rollout: 'web' }),
    /Rollout shop.web: spec.strategy/,
  ],
  [
    'argo analysis failed',
    [
      custom(
        'argoproj.io/v1alpha1',
        'Rollout',
        'web',
        { strategy: { canary: { analysis: { templates: [{ templateName: 'success' }] } } } },
        {},
        {
          phase: 'Degraded',
          message:
            'RolloutAborted: Rollout aborted update to revision 7: Metric "success-rate" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: Post "http://prom.monitoring:9090/api/v1/query": dial tcp: lookup prom.monitoring on 10.96.0.10:53: no such host"',
        },
      ),
      custom('argoproj.io/v1alpha1', 'AnalysisTemplate', 'success', {
        metrics: [{ name: 'success-rate', provider: { prometheus: { address: 'http://prom.monitoring:9090' } } }],
      }),
    ],
    'Namespace shop',
    says('Rollout degraded', { rollout: 'web' }),
    /AnalysisTemplate shop.success: spec.metrics\[name=success-rate\].provider.prometheus.address/,
  ],
  [
    'flux source revoked',
    [
      custom(
        'source.toolkit.fluxcd.io/v1',
        'GitRepository',
        'fleet',
        { url: 'ssh://git@git.example/fleet', secretRef: { name: 'deploy-key' }, ref: { branch: 'main' } },
        {},
        {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'GitOperationFailed',
              message: 'failed to checkout and determine revision: unable to clone: couldn\'t find remote ref "refs/heads/main"',
            },
          ],
        },
      ),
      custom(
        'kustomize.toolkit.fluxcd.io/v1',
        'Kustomization',
        'apps',
        { sourceRef: { kind: 'GitRepository', name: 'fleet' }, path: './apps' },
        {},
        {
          conditions: [{ type: 'Ready', status: 'False', reason: 'ArtifactFailed', message: 'Source artifact not found, retrying in 30s' }],
        },
      ),
    ],
    'Namespace shop',
    says('Kustomization fails', { name: 'apps', kind: 'Kustomization' }),
    /GitRepository shop.fleet: spec.ref.branch/,
  ],
]

const done = (log: string): any => ({
  ready: false,
  phase: 'Succeeded',
  state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: ago('5h'), finishedAt: ago('4h58m') } },
  log,
})
const cron = (name: string, app: any, spec: any = {}, metadata: any = {}, status: any = {}) =>
  object('batch/v1', 'CronJob', name, {
    metadata,
    spec: { schedule: '0 2 * * *', ...spec, jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', ...podSpec(app) } } } } },
    status: { lastScheduleTime: ago('5h'), lastSuccessfulTime: ago('4h58m'), ...status },
  })
const runOf = (cronName: string, name: string, app: any, state: any) => {
  const j = object('batch/v1', 'Job', name, {
    metadata: {
      creationTimestamp: ago('5h'),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cronName, uid: `uid-CronJob-${cronName}`, controller: true }],
    },
    spec: { template: { spec: podSpec(app) } },
    status: { succeeded: 1, completionTime: ago('4h58m'), conditions: [{ type: 'Complete', status: 'True' }] },
  })
  return [
    j,
    pod(`${name}-x`, podSpec(app), state, {
      labels: { 'job-name': name },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: `uid-Job-${name}`, controller: true }],
    }),
  ]
}
const bk = {
  command: ['/bin/sh', '-c', 'pg_dump | aws s3 cp - s3://$BUCKET/orders.sql || true'],
  ...env(['BUCKET', 'orders-backup-eu'], ['AWS_REGION', 'eu-west-1']),
}
const db = [deployment('orders-db', podSpec(), [running]), service('orders-db', { app: 'orders-db' }, [{ port: 5432 }])]
const operator = (name: string, state: any, app: any = {}, ns = 'ops') =>
  inNs(ns, deployment(name, podSpec(app, { serviceAccountName: name }), [state]))
const role = (account: string, group: string, resource: string, ns = 'ops') => [
  cluster('rbac.authorization.k8s.io/v1', 'ClusterRole', account, {
    rules: [{ apiGroups: [group], resources: [resource, `${resource}/status`], verbs: ['get', 'list', 'watch', 'update', 'patch'] }],
  }),
  cluster('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', account, {
    roleRef: { kind: 'ClusterRole', name: account },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: ns }],
  }),
]
const chores: Case[] = [
  [
    'backup job succeeds though its upload fails',
    [
      ...db,
      cron('orders-backup', bk),
      runOf(
        'orders-backup',
        'orders-backup-1',
        bk,
        done(
          'dumping orders\nupload failed: - to s3://orders-backup-eu/orders.sql An error occurred (NoSuchBucket) when calling the PutObject operation: The specified bucket does not exist: orders-backup-eu',
        ),
      ),
    ],
    'Service shop/orders-db',
    says('The newest backup of orders is older than 2 days', {}),
    /CronJob shop.orders-backup: .*env\[name=BUCKET\]/,
  ],
  [
    'cron schedule changed to monthly',
    [
      ...db,
      cron('orders-backup', bk, { schedule: '0 2 1 * *' }, edited({ 'f:spec': { 'f:schedule': {} } }, ago('4d')), {
        lastScheduleTime: ago('8d'),
        lastSuccessfulTime: ago('8d'),
      }),
    ],
    'Service shop/orders-db',
    says('The newest backup of orders is older than 2 days', {}),
    /CronJob shop.orders-backup: spec.schedule/,
  ],
  [
    'cron too rare, alert names it',
    [
      cron('orders-backup', bk, { schedule: '0 2 1 * *' }, edited({ 'f:spec': { 'f:schedule': {} } }, ago('4d')), {
        lastScheduleTime: ago('8d'),
        lastSuccessfulTime: ago('8d'),
      }),
    ],
    'CronJob shop/orders-backup',
    says('CronJob has not succeeded for 2 days', {}),
    /CronJob shop.orders-backup: spec.schedule/,
  ],
  [
    'operator crashing, alert on certificate',
    [
      custom(
        'cert-manager.io/v1',
        'Certificate',
        'web-tls',
        { secretName: 'web-tls', issuerRef: { name: 'le', kind: 'ClusterIssuer' } },
        {},
        { notAfter: '2026-05-03T12:00:00Z', renewalTime: ago('10d'), conditions: [{ type: 'Ready', status: 'True', reason: 'Ready' }] },
      ),
      ...operator('cert-manager', crashing(1, 'error: flag provided but not defined: -enable-gateway-api'), {
        args: ['--enable-gateway-api'],
      }),
      ...role('cert-manager', 'cert-manager.io', 'certificates'),
    ],
    'Namespace shop',
    says('Certificate expires in 2 days', { name: 'web-tls', exported_namespace: 'shop' }),
    /Deployment ops.cert-manager: .*args/,
  ],
  [
    'operator scaled to zero, alert on certificate',
    [
      custom(
        'cert-manager.io/v1',
        'Certificate',
        'web-tls',
        { secretName: 'web-tls', issuerRef: { name: 'le', kind: 'ClusterIssuer' } },
        {},
        { notAfter: '2026-05-03T12:00:00Z', renewalTime: ago('10d'), conditions: [{ type: 'Ready', status: 'True', reason: 'Ready' }] },
      ),
      ...inNs('ops', deployment('cert-manager', podSpec({}, { serviceAccountName: 'cert-manager' }), [], { replicas: 0 })),
      ...role('cert-manager', 'cert-manager.io', 'certificates'),
    ],
    'Namespace shop',
    says('Certificate expires in 2 days', { name: 'web-tls', exported_namespace: 'shop' }),
    'Deployment ops/cert-manager: spec.replicas',
  ],
  [
    'operator log says why',
    [
      custom(
        'cert-manager.io/v1',
        'Certificate',
        'web-tls',
        { secretName: 'web-tls', dnsNames: ['a.shop.example'], issuerRef: { name: 'le', kind: 'ClusterIssuer' } },
        {},
        {
          notAfter: '2026-05-03T12:00:00Z',
          conditions: [
            { type: 'Ready', status: 'True', reason: 'Ready' },
            { type: 'Issuing', status: 'True' },
          ],
        },
      ),
      ...operator(
        'cert-manager',
        rep(
          'E0501 11:00:01 1 controller.go:167] "re-queuing item due to error processing" err="ACME: urn:ietf:params:acme:error:rateLimited: too many certificates already issued for a.shop.example" key="shop/web-tls"',
        ),
      ),
      ...role('cert-manager', 'cert-manager.io', 'certificates'),
    ],
    'Namespace shop',
    says('Certificate expires in 2 days', { name: 'web-tls', exported_namespace: 'shop' }),
    /Certificate shop.web-tls/,
  ],
  [
    'daemonset disabled by non-existing label',
    [
      object('apps/v1', 'DaemonSet', 'agent', {
        metadata: edited(
          { 'f:spec': { 'f:template': { 'f:spec': { 'f:nodeSelector': { 'f:non-existing': {} } } } } },
          ago('3h'),
          'kubectl-patch',
        ),
        spec: {
          selector: { matchLabels: { app: 'agent' } },
          template: { metadata: { labels: { app: 'agent' } }, spec: podSpec({}, { nodeSelector: { 'non-existing': 'true' } }) },
        },
        status: { desiredNumberScheduled: 0, numberReady: 0 },
      }),
      node('n1'),
      cluster('v1', 'Namespace', 'shop', {}),
    ],
    'Namespace shop',
    { labels: { alertname: 'LogsMissing' }, annotations: { description: 'No logs have come from the cluster for 30 minutes' } },
    /DaemonSet shop.agent: .*nodeSelector/,
  ],
  [
    'crashing operator behind unwell db cluster',
    [
      custom(
        'acid.zalan.do/v1',
        'postgresql',
        'orders',
        { numberOfInstances: 3 },
        { generation: 5 },
        { PostgresClusterStatus: 'UpdateFailed' },
      ),
    ],
    'Namespace shop',
    says('postgres cluster not updated', { cluster: 'orders' }),
    /postgresql shop.orders/,
  ],
  [
    'statefulset old pods: OnDelete',
    [
      object('apps/v1', 'StatefulSet', 'db', {
        spec: {
          replicas: 2,
          updateStrategy: { type: 'OnDelete' },
          selector: { matchLabels: { app: 'db' } },
          template: { metadata: { labels: { app: 'db' } }, spec: podSpec({ image: 'db:2' }) },
        },
        status: { replicas: 2, readyReplicas: 2, currentRevision: 'db-1', updateRevision: 'db-2', updatedReplicas: 0 },
      }),
    ],
    'StatefulSet shop/db',
    says('StatefulSet update has not been rolled out'),
    'StatefulSet shop/db: spec.updateStrategy.type',
  ],
  [
    'pdb of a lone replica blocks node upgrade',
    [
      deployment('web', podSpec(), [{ ...running, node: 'n1' }]),
      object('policy/v1', 'PodDisruptionBudget', 'web', {
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
        status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
      }),
      node('n1', { spec: { unschedulable: true } }),
    ],
    'Node n1',
    says('Node has been draining for an hour'),
    /PodDisruptionBudget shop.web: spec.minAvailable/,
  ],
  [
    'vpa recommends beyond node',
    [
      deployment('web', podSpec({ resources: { requests: { memory: '20Gi' } } }), [
        unplaced('0/1 nodes are available: 1 Insufficient memory.'),
      ]),
      custom(
        'autoscaling.k8s.io/v1',
        'VerticalPodAutoscaler',
        'web',
        { targetRef: { kind: 'Deployment', name: 'web' }, updatePolicy: { updateMode: 'Auto' } },
        {},
        { recommendation: { containerRecommendations: [{ containerName: 'app', target: { memory: '20Gi' } }] } },
      ),
      node('n1'),
    ],
    T,
    says('pending'),
    /VerticalPodAutoscaler shop.web|Deployment shop.web: .*requests.memory/,
  ],
  [
    'resourcequota on custom count',
    [
      object('v1', 'ResourceQuota', 'counts', {
        spec: { hard: { 'count/certificates.cert-manager.io': '3' } },
        status: { hard: { 'count/certificates.cert-manager.io': '3' }, used: { 'count/certificates.cert-manager.io': '3' } },
      }),
      object('networking.k8s.io/v1', 'Ingress', 'web', {
        metadata: { annotations: { 'cert-manager.io/cluster-issuer': 'le' } },
        spec: { tls: [{ hosts: ['a.example'], secretName: 'web-tls' }], rules: [] },
      }),
      event(
        object('networking.k8s.io/v1', 'Ingress', 'web', {}),
        'BadConfig',
        'certificates.cert-manager.io "web-tls" is forbidden: exceeded quota: counts, requested: count/certificates.cert-manager.io=1, used: count/certificates.cert-manager.io=3, limited: count/certificates.cert-manager.io=3',
        { type: 'Warning', count: 9 },
      ),
    ],
    'Ingress shop/web',
    says('certificate invalid'),
    /ResourceQuota shop.counts: spec.hard/,
  ],
  [
    'sealed secret wrong key',
    [
      custom(
        'bitnami.com/v1alpha1',
        'SealedSecret',
        'db',
        { encryptedData: { password: 'AgB' } },
        {},
        { conditions: [{ type: 'Synced', status: 'False', message: 'no key could decrypt secret (password)' }] },
      ),
      deployment('web', podSpec({ env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] }), [
        waiting('CreateContainerConfigError', 'secret "db" not found'),
      ]),
    ],
    T,
    says('not ready'),
    /SealedSecret shop.db/,
  ],
]

describe.each([
  ['Jobs, operators and quotas', chores],
  ['scalers, provisioners and operators', scalers],
] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
