import { describe, expect, it } from 'vitest'
import {
  ago,
  cause,
  configMap,
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
const rep = (text: string, times = 30) => ({ ...running, log: `${text}\n`.repeat(times) })
const switched = (field: string, at = ago('10h')) => edited({ 'f:spec': { [`f:${field}`]: {} } }, at)
const cluster = (apiVersion: string, kind: string, name: string, rest: any) => ({
  apiVersion,
  kind,
  ...rest,
  metadata: { name, uid: `uid-${name}`, creationTimestamp: ago('90d'), ...rest.metadata },
})
const S = (name: string, text: string, labels: any = {}) => ({ labels: { alertname: name, ...labels }, annotations: { description: text } })
const full = unplaced(
  '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
)
const big = podSpec({ resources: { requests: { cpu: '2' } } })
const ca = (state: any, args: string[] = [], more: any = {}) =>
  inNs(
    'kube-system',
    deployment(
      'cluster-autoscaler',
      podSpec({ image: 'registry.k8s.io/autoscaling/cluster-autoscaler:v1.33.0', args }, { serviceAccountName: 'cluster-autoscaler' }),
      state ? [state] : [],
      more,
    ),
  )
const vel = (o: any[]) => inNs('velero', o)
const adapter = () =>
  inNs('monitoring', [
    deployment(
      'prometheus-adapter',
      podSpec(
        { volumeMounts: [{ name: 'c', mountPath: '/etc/adapter' }] },
        { volumes: [{ name: 'c', configMap: { name: 'adapter-config' } }] },
      ),
      [running],
    ),
    service('prometheus-adapter', { app: 'prometheus-adapter' }),
    configMap(
      'adapter-config',
      { 'config.yaml': 'rules:\n- seriesQuery: http_requests_count{namespace!=""}\n' },
      edited({ 'f:data': { 'f:config.yaml': {} } }, ago('50m')),
    ),
  ])
const ns = (name: string, metadata: any = {}) => cluster('v1', 'Namespace', name, { metadata })

const suppliers: Case[] = [
  [
    'CA denied by cloud',
    [
      deployment('web', big, [running, full]),
      node('n1'),
      ca(
        rep(
          'E0501 11:59:01 1 static_autoscaler.go:520] Failed to scale up: failed to increase node group size: AccessDenied: User: arn:aws:sts::1:assumed-role/ca is not authorized to perform: autoscaling:SetDesiredCapacity',
        ),
      ),
      inNs('kube-system', [
        object('v1', 'ServiceAccount', 'cluster-autoscaler', {
          metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/ca' } },
        }),
      ]),
    ],
    T,
    says('pod pending'),
    /ServiceAccount kube-system.cluster-autoscaler|Deployment kube-system.cluster-autoscaler/,
  ],
  [
    'a node pool at its limit, which the provisioner names',
    [
      deployment('web', big, [running, full]),
      node('n1'),
      cluster('karpenter.sh/v1', 'NodePool', 'web', {
        spec: { limits: { cpu: '16', memory: '640Gi' } },
        status: { resources: { cpu: '16', memory: '62Gi' } },
      }),
      inNs(
        'kube-system',
        deployment('bringer', podSpec({ image: 'public.ecr.aws/karpenter/controller:1.8.1' }), [
          rep(
            String.raw`{"level":"ERROR","logger":"controller","message":"could not schedule pod","error":"all available instance types exceed limits for nodepool: \"web\""}`,
          ),
        ]),
      ),
    ],
    T,
    says('p99 is 6.8 s'),
    'NodePool web: spec.limits.cpu',
  ],
  [
    'CA at zero',
    [deployment('web', big, [running, full]), node('n1'), ca(null, [], { replicas: 0 })],
    T,
    says('pod pending'),
    'Deployment kube-system/cluster-autoscaler: spec.replicas',
  ],
  [
    'CA crashing',
    [
      deployment('web', big, [running, full]),
      node('n1'),
      ca(
        crashing(
          255,
          'F0501 11:59:01 1 aws_cloud_provider.go:461] Failed to create AWS Manager: cannot autodiscover ASGs: RequestError: invalid region "eu-cetral-1"',
        ),
        ['--cloud-provider=aws', '--aws-region=eu-cetral-1'],
      ),
    ],
    T,
    says('pod pending'),
    /Deployment kube-system.cluster-autoscaler: .*args/,
  ],
  [
    'karpenter crashing',
    [
      deployment('web', big, [running, full]),
      node('n1'),
      inNs(
        'karpenter',
        deployment('karpenter', podSpec({ image: 'public.ecr.aws/karpenter/controller:1.6', ...env(['CLUSTER_NAME', 'prod-eu']) }), [
          crashing(
            1,
            'panic: failed to detect the cluster endpoint: describing cluster prod-eu: ResourceNotFoundException: No cluster found for name: prod-eu.',
          ),
        ]),
      ),
      cluster('karpenter.sh/v1', 'NodePool', 'general', {
        spec: { limits: { cpu: '100' } },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      }),
    ],
    T,
    says('pod pending'),
    /Deployment karpenter.karpenter: .*CLUSTER_NAME/,
  ],
  [
    'cron piles up runs',
    [
      object('batch/v1', 'CronJob', 'sync', {
        spec: {
          schedule: '*/5 * * * *',
          concurrencyPolicy: 'Allow',
          jobTemplate: { spec: { template: { spec: podSpec(env(['DB', 'postgres://db:5432/x'])) } } },
        },
        status: { active: [1, 2, 3, 4, 5, 6] },
      }),
      ...[1, 2, 3, 4, 5, 6].flatMap((i) => [
        object('batch/v1', 'Job', `sync-${i}`, {
          metadata: {
            creationTimestamp: ago(`${i * 5}m`),
            ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'sync', uid: 'uid-CronJob-sync', controller: true }],
          },
          spec: { template: { spec: podSpec() } },
          status: { active: 1, startTime: ago(`${i * 5}m`) },
        }),
        pod(`sync-${i}-x`, podSpec(env(['DB', 'postgres://db:5432/x'])), running, {
          ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: `sync-${i}`, uid: `uid-Job-sync-${i}`, controller: true }],
        }),
      ]),
      service('db', { app: 'db' }, [{ port: 5432 }]),
      deployment('db', podSpec(), [rep('FATAL:  sorry, too many clients already')]),
    ],
    'Deployment shop/db',
    says('Too many connections to the database'),
    /CronJob shop.sync: spec.concurrencyPolicy/,
  ],
  [
    'helm chart version',
    [
      custom(
        'helm.toolkit.fluxcd.io/v2',
        'HelmRelease',
        'web',
        { chart: { spec: { chart: 'web', version: '1.28.x', sourceRef: { kind: 'HelmRepository', name: 'acme' } } } },
        {},
        {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'SourceNotReady',
              message:
                "HelmChart 'flux-system/shop-web' is not ready: invalid chart reference: failed to get chart version for remote reference: no 'web' chart with version matching '1.28.x' found",
            },
          ],
        },
      ),
    ],
    'Namespace shop',
    says('HelmRelease not ready', { name: 'web', kind: 'HelmRelease' }),
    'HelmRelease shop/web: spec.chart.spec.version',
  ],
  [
    'external secret never refreshed',
    [
      custom(
        'external-secrets.io/v1',
        'ExternalSecret',
        'db',
        {
          refreshInterval: '0',
          target: { name: 'db' },
          data: [{ secretKey: 'password', remoteRef: { key: 'prod/db', property: 'password' } }],
        },
        {},
        { refreshTime: ago('40d'), conditions: [{ type: 'Ready', status: 'True', reason: 'SecretSynced' }] },
      ),
      deployment(
        'web',
        podSpec({
          env: [
            { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
            { name: 'DB', value: 'postgres://db:5432' },
          ],
        }),
        [rep('FATAL: password authentication failed for user "web"')],
      ),
      service('db', { app: 'db' }, [{ port: 5432 }]),
      deployment('db', podSpec(), [running]),
    ],
    T,
    says('errors'),
    'ExternalSecret shop/db: spec.refreshInterval',
  ],
  [
    'trigger auth missing',
    [
      service('mq', { app: 'mq' }, [{ port: 5672 }]),
      deployment('mq', podSpec(), [running]),
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.new'])), [running]),
      custom(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'worker',
        {
          scaleTargetRef: { name: 'worker' },
          triggers: [{ type: 'rabbitmq', authenticationRef: { name: 'mq-auth' }, metadata: { queueName: 'orders.new' } }],
        },
        {},
        {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'ScaledObjectCheckFailed',
              message:
                'Failed to ensure HPA is correctly created for ScaledObject: error getting scaler for trigger #0: triggerauthentications.keda.sh "mq-auth" not found',
            },
          ],
        },
      ),
      custom('keda.sh/v1alpha1', 'TriggerAuthentication', 'mq-auth-v2', { secretTargetRef: [] }),
    ],
    'Service shop/mq',
    says('orders.new has 21874 messages', { queue: 'orders.new' }),
    /ScaledObject shop.worker: spec.triggers\[0\].authenticationRef/,
  ],
  [
    'cron workflow suspended',
    [
      custom(
        'argoproj.io/v1alpha1',
        'CronWorkflow',
        'report',
        { schedule: '0 5 * * *', suspend: true, workflowSpec: {} },
        switched('suspend', ago('4d')),
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('ReportMissing', 'The daily report has not been sent since 3 days'),
    'CronWorkflow shop/report: spec.suspend',
  ],
  [
    'velero location away',
    [
      vel([
        custom(
          'velero.io/v1',
          'BackupStorageLocation',
          'default',
          {
            provider: 'aws',
            objectStorage: { bucket: 'acme-backup' },
            config: { region: 'eu-west-1', s3Url: 'https://minio.example:9000' },
          },
          {},
          {
            phase: 'Unavailable',
            message:
              'BackupStorageLocation "default" is unavailable: rpc error: code = Unknown desc = operation error S3: ListObjectsV2, NoSuchBucket: The specified bucket does not exist acme-backup',
          },
        ),
        custom(
          'velero.io/v1',
          'Schedule',
          'nightly',
          { schedule: '0 1 * * *', template: { storageLocation: 'default' } },
          {},
          { phase: 'Enabled', lastBackup: ago('11h') },
        ),
        custom(
          'velero.io/v1',
          'Backup',
          'nightly-20260501',
          { storageLocation: 'default' },
          { labels: { 'velero.io/schedule-name': 'nightly' } },
          {
            phase: 'FailedValidation',
            validationErrors: ["backup can't be created because backup storage location default is currently in Unavailable state"],
          },
        ),
      ]),
      ns('velero'),
    ],
    'Namespace velero',
    S('VeleroBackupFailures', 'nightly has failed backups', { schedule: 'nightly' }),
    /BackupStorageLocation velero.default: spec.objectStorage.bucket/,
  ],
  [
    'quota scope priority class',
    [
      object('apps/v1', 'ReplicaSet', 'web-r1', {
        metadata: {
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-Deployment-web', controller: true }],
          annotations: { 'deployment.kubernetes.io/revision': '1' },
        },
        spec: { replicas: 1, template: { spec: podSpec({}, { priorityClassName: 'high' }) } },
        status: { replicas: 0 },
      }),
      ...deployment('web', podSpec({}, { priorityClassName: 'high' }), [], { replicas: 1 }).filter((o: any) => o.kind === 'Deployment'),
      event(
        object('apps/v1', 'ReplicaSet', 'web-r1'),
        'FailedCreate',
        'Error creating: pods "web-abc" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [high]}]',
        { type: 'Warning', count: 12 },
      ),
    ],
    T,
    says('no pods'),
    /Deployment shop.web: spec.template.spec.priorityClassName|ResourceQuota/,
  ],
  [
    'adapter config renamed metric',
    [
      deployment('web', podSpec(), [running, running]),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          minReplicas: 2,
          maxReplicas: 9,
          metrics: [{ type: 'Pods', pods: { metric: { name: 'http_requests' }, target: { type: 'AverageValue', averageValue: '100' } } }],
        },
        status: {
          currentReplicas: 2,
          conditions: [
            {
              type: 'ScalingActive',
              status: 'False',
              reason: 'FailedGetPodsMetric',
              lastTransitionTime: ago('45m'),
              message:
                'the HPA was unable to compute the replica count: unable to get metric http_requests: unable to fetch metrics from custom metrics API: the server could not find the metric http_requests for pods',
            },
          ],
        },
      }),
      cluster('apiregistration.k8s.io/v1', 'APIService', 'v1beta1.custom.metrics.k8s.io', {
        spec: { group: 'custom.metrics.k8s.io', service: { namespace: 'monitoring', name: 'prometheus-adapter' } },
        status: { conditions: [{ type: 'Available', status: 'True' }] },
      }),
      adapter(),
    ],
    T,
    S('WebLatency', 'p99'),
    /ConfigMap monitoring.adapter-config: data/,
  ],
  [
    'alertmanager config secret',
    [
      custom(
        'monitoring.coreos.com/v1',
        'Alertmanager',
        'main',
        { replicas: 1 },
        {},
        {
          conditions: [
            { type: 'Available', status: 'True' },
            {
              type: 'Reconciled',
              status: 'False',
              reason: 'ReconciliationFailed',
              message:
                'provision alertmanager configuration: failed to generate Alertmanager configuration: AlertmanagerConfig shop/pager: PagerDuty[0]: failed to get key "routingKey" from secret "pd-key": secrets "pd-key" not found',
            },
          ],
        },
      ),
      custom('monitoring.coreos.com/v1alpha1', 'AlertmanagerConfig', 'pager', {
        receivers: [{ name: 'pd', pagerdutyConfigs: [{ routingKey: { name: 'pd-key', key: 'routingKey' } }] }],
      }),
      object('apps/v1', 'StatefulSet', 'alertmanager-main', {
        metadata: {
          ownerReferences: [
            { apiVersion: 'monitoring.coreos.com/v1', kind: 'Alertmanager', name: 'main', uid: 'uid-Alertmanager-main', controller: true },
          ],
        },
        spec: { replicas: 1, selector: { matchLabels: { app: 'am' } }, template: { spec: podSpec() } },
        status: { replicas: 1, readyReplicas: 1 },
      }),
    ],
    'StatefulSet shop/alertmanager-main',
    S('AlertmanagerConfigOld', 'The configuration of Alertmanager is not up to date'),
    /AlertmanagerConfig shop.pager: spec.receivers/,
  ],
  [
    'hold by label',
    [
      custom(
        'rabbitmq.com/v1beta1',
        'RabbitmqCluster',
        'mq',
        { replicas: 3 },
        { labels: { 'rabbitmq.com/pauseReconciliation': 'true' } },
        { conditions: [{ type: 'ReconcileSuccess', status: 'True' }] },
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('RabbitmqTlsExpires', 'certificate of mq is about to expire and was not renewed', { rabbitmq_cluster: 'mq' }),
    /RabbitmqCluster shop.mq: metadata.labels/,
  ],
  [
    'replicas cut by hand 5h ago, overload',
    [
      deployment('web', podSpec(), [running]).map((o: any) =>
        o.kind === 'Deployment'
          ? { ...o, metadata: { ...o.metadata, ...edited({ 'f:spec': { 'f:replicas': {} } }, ago('5h'), 'kubectl') } }
          : o,
      ),
    ],
    T,
    S('WebLatency', 'p99 above 2s'),
    'Deployment shop/web: spec.replicas',
  ],
]

describe.each([['who should have helped', suppliers]] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
