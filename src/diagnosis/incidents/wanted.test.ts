import { describe, expect, it } from 'vitest'
import { ago, cause, deployment, edited, node, object, podSpec, running, service, unplaced } from '../fixtures.ts'

/** What happened, the cluster, what the alert is about and says, and what a person has to change. */
type Case = [string, any[], string, { labels?: any; annotations?: any; startsAt?: string } | null, RegExp | string]

const T = 'Deployment shop/web'
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
const says = (text: string, labels: any = {}) => ({ labels, annotations: { description: text } })
const custom = (apiVersion: string, kind: string, name: string, spec: any, metadata: any = {}, status?: any) =>
  object(apiVersion, kind, name, { metadata, spec, ...(status ? { status } : {}) })
const broker = (namespace = 'shop') =>
  [service('mq', { app: 'mq' }, [{ port: 5672 }]), deployment('mq', podSpec(), [running])]
    .flat()
    .map((o) => ({ ...o, metadata: { ...o.metadata, namespace } }))
const nobody = (name: string, app: any, more: any = {}) => deployment(name, podSpec(app), [], { replicas: 0, ...more })

const queues: Case[] = [
  [
    'a consumer that KEDA keeps at zero, since it is paused',
    [
      broker(),
      nobody('worker', env(['AMQP_URL', 'amqp://mq:5672'], ['QUEUE', 'orders.new'])),
      custom(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'worker',
        { scaleTargetRef: { name: 'worker' }, minReplicaCount: 1 },
        { annotations: { 'autoscaling.keda.sh/paused-replicas': '0' } },
      ),
    ],
    'Service shop/mq',
    says('orders.new has 21874 messages', { queue: 'orders.new' }),
    'ScaledObject shop/worker: metadata.annotations[autoscaling.keda.sh/paused-replicas]',
  ],
  [
    'a consumer that was scaled to zero, in another namespace',
    [broker('messaging'), nobody('worker', env(['KAFKA', 'mq.messaging.svc:9092'], ['GROUP_ID', 'billing-v2']))],
    'Service messaging/mq',
    says('consumer group billing-v2 lags behind', { consumergroup: 'billing-v2' }),
    'Deployment shop/worker: spec.replicas',
  ],
  [
    'a consumer of a queue that only the text tells of',
    [broker(), nobody('worker', env(['AMQP_URL', 'amqp://mq:5672']))],
    'Service shop/mq',
    says('63 messages have been waiting for 30 minutes'),
    'Deployment shop/worker: spec.replicas',
  ],
  [
    'an alert about the broker that is about no queue',
    [broker(), nobody('worker', env(['AMQP_URL', 'amqp://mq:5672']))],
    'Service shop/mq',
    says('The broker uses much memory'),
    'healthy',
  ],
  [
    'a dispatcher whose Jobs a quota refuses',
    [
      broker(),
      object('v1', 'ResourceQuota', 'counts', {
        spec: { hard: { 'count/jobs.batch': '12' } },
        status: { hard: { 'count/jobs.batch': '12' }, used: { 'count/jobs.batch': '12' } },
      }),
      deployment('worker', podSpec(env(['AMQP_URL', 'amqp://mq:5672'])), [
        {
          ...running,
          log: 'HTTP response body: {"message":"jobs.batch \\"render-1\\" is forbidden: exceeded quota: counts, requested: count/jobs.batch=1, used: count/jobs.batch=12, limited: count/jobs.batch=12"}\nWARNING requeue order\n'.repeat(
            20,
          ),
        },
      ]),
    ],
    'Service shop/mq',
    says('63 messages have been waiting for 30 minutes'),
    'ResourceQuota shop/counts: spec.hard[count/jobs.batch]',
  ],
]

const full = unplaced('0/1 nodes are available: 1 Insufficient cpu.')
const asks = (cpu: string) => podSpec({ resources: { requests: { cpu } } })
const on = (n: string) => ({ ...running, node: n, since: ago('14h') })
const room: Case[] = [
  [
    'a load test that was scaled up in the evening and never down',
    [
      deployment('web', asks('900m'), [on('n1'), { ...full, since: ago('20m') }]),
      ...deployment('soak', asks('350m'), [on('n1'), on('n1'), on('n1')]).map((o) =>
        o.kind === 'Deployment' ? { ...o, metadata: { ...o.metadata, ...edited({ 'f:spec': { 'f:replicas': {} } }, ago('14h')) } } : o,
      ),
      node('n1'),
    ],
    T,
    null,
    'Deployment shop/soak: spec.replicas',
  ],
  [
    'a neighbour whose pods ask for more since its last roll-out',
    [
      deployment('web', asks('900m'), [on('n1'), { ...full, since: ago('20m') }]),
      deployment('indexer', asks('2500m'), [on('n1')], { before: asks('250m'), changed: ago('14h') }),
      node('n1'),
    ],
    T,
    null,
    'Deployment shop/indexer: spec.template.spec.containers[name=app].resources.requests.cpu',
  ],
]

/** Admission wrote into the pods what their template does not say. */
const stray = (objects: any[]) =>
  objects.map((o) => (o.kind === 'Pod' ? { ...o, spec: { ...o.spec, nodeSelector: { pool: 'legacy' } } } : o))
room.push([
  'a namespace that asks a label of every pod',
  [
    stray(deployment('web', podSpec(), [unplaced("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")])),
    node('n1'),
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'shop',
        uid: 'uid-ns',
        creationTimestamp: ago('90d'),
        annotations: { 'scheduler.alpha.kubernetes.io/node-selector': 'pool=legacy' },
      },
    },
  ],
  T,
  null,
  'Namespace shop: metadata.annotations[scheduler.alpha.kubernetes.io/node-selector]',
])

const site = object('networking.k8s.io/v1', 'Ingress', 'web', {
  spec: {
    ingressClassName: 'edge',
    rules: [
      {
        host: 'a.example',
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
      },
    ],
  },
})
const door = (kind: string, spec: any, status: any, metadata: any = {}) => ({
  ...object('apps/v1', kind, 'edge-ingress', {
    metadata,
    spec: {
      selector: { matchLabels: { app: 'edge' } },
      ...spec,
      template: { metadata: { labels: { app: 'edge' } }, spec: podSpec({ args: ['--ingress.class=edge'] }, spec.pod) },
    },
    status,
  }),
})
const edgeClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'edge', uid: 'uid-class', creationTimestamp: ago('90d') },
  spec: { controller: 'example.com/edge' },
}
const behind = [edgeClass, site, service('web', { app: 'web' }), deployment('web', podSpec(), [running])]
const doors: Case[] = [
  [
    'the proxy that lets requests in asks for a label that its nodes have no more',
    [
      ...behind,
      door('DaemonSet', { pod: { nodeSelector: { 'example.com/edge': 'true' } } }, { desiredNumberScheduled: 0 }),
      node('n1', { labels: { 'example.com/edge': '' } }),
    ],
    'Ingress shop/web',
    says('The site does not answer.'),
    'DaemonSet shop/edge-ingress: spec.template.spec.nodeSelector[example.com/edge]',
  ],
  [
    'the proxy that lets requests in is scaled to zero',
    [...behind, door('Deployment', { replicas: 0 }, {}), node('n1')],
    'Ingress shop/web',
    says('The site does not answer.'),
    'Deployment shop/edge-ingress: spec.replicas',
  ],
]

const app = (labels: any = {}, more: any = {}) =>
  deployment('web', podSpec(), [running], more).map((o) => (o.kind === 'Deployment' ? { ...o, metadata: { ...o.metadata, labels } } : o))
const annotated = (key: string, value: string, at = ago('10h')) => ({
  annotations: { [key]: value },
  ...edited({ 'f:metadata': { 'f:annotations': { [`f:${key}`]: {} } } }, at, 'kubectl-annotate'),
})
const switched = (field: string, at = ago('10h')) => edited({ 'f:spec': { [`f:${field}`]: {} } }, at)
const holds: Case[] = [
  [
    'a HelmRelease that is suspended, and an old version',
    [
      app({ 'helm.toolkit.fluxcd.io/name': 'web', 'helm.toolkit.fluxcd.io/namespace': 'shop' }),
      custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', { suspend: true, chart: {} }, switched('suspend', ago('20d')), {
        conditions: [{ type: 'Ready', status: 'True', reason: 'UpgradeSucceeded' }],
      }),
    ],
    T,
    says('web runs an old version since 3 days'),
    'HelmRelease shop/web: spec.suspend',
  ],
  [
    'the same, and an alert about something else',
    [
      app({ 'helm.toolkit.fluxcd.io/name': 'web', 'helm.toolkit.fluxcd.io/namespace': 'shop' }),
      custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', { suspend: true, chart: {} }, switched('suspend', ago('20d')), {
        conditions: [{ type: 'Ready', status: 'True', reason: 'UpgradeSucceeded' }],
      }),
    ],
    T,
    says('web uses much cpu'),
    'healthy',
  ],
  [
    'an alert that names a paused Kafka cluster',
    [
      custom(
        'kafka.strimzi.io/v1beta2',
        'Kafka',
        'events',
        { kafka: { replicas: 3 } },
        annotated('strimzi.io/pause-reconciliation', 'true', ago('9d')),
        {
          conditions: [{ type: 'ReconciliationPaused', status: 'True' }],
        },
      ),
    ],
    'Namespace shop',
    says('Certificates of the Kafka cluster expire soon.', { cluster: 'events' }),
    'Kafka shop/events: metadata.annotations[strimzi.io/pause-reconciliation]',
  ],
  [
    'a managed resource of Crossplane that is paused says that it is not synced',
    [
      custom(
        'rds.aws.upbound.io/v1beta1',
        'Instance',
        'orders-db',
        { forProvider: {} },
        annotated('crossplane.io/paused', 'true', ago('9d')),
        {
          conditions: [{ type: 'Synced', status: 'False', reason: 'ReconcilePaused', lastTransitionTime: ago('9d') }],
        },
      ),
    ],
    'Namespace shop',
    says('Managed resource is not synced', { name: 'orders-db' }),
    'Instance shop/orders-db: metadata.annotations[crossplane.io/paused]',
  ],
  [
    'backups that are too old, since their schedule is paused',
    [
      custom('velero.io/v1', 'Schedule', 'nightly', { paused: true, schedule: '0 1 * * *', template: {} }, switched('paused', ago('9d')), {
        phase: 'Enabled',
      }),
    ],
    'Namespace shop',
    says('The last successful backup is too old.', { schedule: 'nightly' }),
    'Schedule shop/nightly: spec.paused',
  ],
  [
    'backups of a database, whose ScheduledBackup is suspended',
    [
      deployment('orders', podSpec(), [running]),
      custom(
        'postgresql.cnpg.io/v1',
        'ScheduledBackup',
        'base',
        { suspend: true, schedule: '0 0 1 * * *', cluster: { name: 'orders' } },
        switched('suspend', ago('9d')),
      ),
    ],
    'Deployment shop/orders',
    says('The last base backup of orders is older than 2 days.'),
    'ScheduledBackup shop/base: spec.suspend',
  ],
  [
    'a database that was put to sleep',
    [
      custom('postgresql.cnpg.io/v1', 'Cluster', 'orders', { instances: 3 }, annotated('cnpg.io/hibernation', 'on'), {
        conditions: [{ type: 'cnpg.io/hibernation', status: 'True', reason: 'Hibernated' }],
      }),
      service('orders-rw', { 'cnpg.io/cluster': 'orders' }, [{ port: 5432 }]),
      deployment('web', podSpec(env(['DB', 'postgres://orders-rw:5432/x'])), [
        { ...running, log: 'ERROR could not connect to server: Connection refused: orders-rw:5432\n'.repeat(30) },
      ]),
    ],
    T,
    says('Too many errors.'),
    'Cluster shop/orders: metadata.annotations[cnpg.io/hibernation]',
  ],
  [
    'an Application without automated sync is behind its repository',
    [
      custom(
        'argoproj.io/v1alpha1',
        'Application',
        'shop-web',
        { syncPolicy: {}, destination: { namespace: 'shop' } },
        {},
        {
          sync: { status: 'OutOfSync' },
          health: { status: 'Healthy' },
        },
      ),
    ],
    'Namespace shop',
    says('Application is out of sync', { name: 'shop-web', sync_status: 'OutOfSync' }),
    'Application shop/shop-web: spec.syncPolicy',
  ],
  [
    'a StatefulSet that its operator keeps at zero',
    [
      custom('rabbitmq.com/v1beta1', 'RabbitmqCluster', 'mq', { replicas: 0 }, switched('replicas', ago('2h'))),
      object('apps/v1', 'StatefulSet', 'mq-server', {
        metadata: {
          ownerReferences: [
            { apiVersion: 'rabbitmq.com/v1beta1', kind: 'RabbitmqCluster', name: 'mq', uid: 'uid-RabbitmqCluster-mq', controller: true },
          ],
        },
        spec: { replicas: 0, selector: { matchLabels: { app: 'mq' } }, template: { metadata: { labels: { app: 'mq' } }, spec: podSpec() } },
        status: { replicas: 0 },
      }),
    ],
    'StatefulSet shop/mq-server',
    says('The broker is away.'),
    'RabbitmqCluster shop/mq: spec.replicas',
  ],
]

const slow = (labels: any = {}) => ({
  labels: { alertname: 'CheckoutLatencyHigh', ...labels },
  annotations: { description: 'p99 is above 2 s' },
})
const quiet = (more: any = {}) =>
  deployment(
    'web',
    podSpec(
      { ...env(['DB', 'postgres://db:5432/x']), volumeMounts: [{ name: 'c', mountPath: '/etc/web' }] },
      { volumes: [{ name: 'c', configMap: { name: 'conf' } }] },
    ),
    [running],
    more,
  )
const last: Case[] = [
  [
    'a ConfigMap that was edited right before',
    [
      quiet(),
      object('v1', 'ConfigMap', 'conf', {
        data: { 'web.ini': 'workers = 1' },
        metadata: edited({ 'f:data': { 'f:web.ini': {} } }, ago('30m')),
      }),
    ],
    T,
    slow(),
    'ConfigMap shop/conf: data[web.ini]',
  ],
  [
    'a route of a mesh that was edited right before',
    [
      quiet(),
      service('web', { app: 'web' }),
      custom(
        'networking.istio.io/v1',
        'VirtualService',
        'web',
        { http: [{ timeout: '1s', route: [{ destination: { host: 'web' } }] }] },
        switched('http', ago('25m')),
      ),
    ],
    T,
    slow(),
    /^VirtualService shop.web: spec.http/,
  ],
  [
    'the limit of what it calls was changed right before',
    [
      quiet(),
      service('db', { app: 'db' }, [{ port: 5432 }]),
      deployment('db', podSpec({ resources: { limits: { cpu: '100m' } } }), [running], {
        before: podSpec({ resources: { limits: { cpu: '2' } } }),
        changed: ago('22m'),
      }),
    ],
    T,
    slow(),
    'Deployment shop/db: spec.template.spec.containers[name=app].resources.limits.cpu',
  ],
  [
    'an account that acts as another role since',
    [
      quiet(),
      object('v1', 'ServiceAccount', 'default', {
        metadata: {
          annotations: { 'eks.amazonaws.com/role-arn': 'x' },
          ...edited({ 'f:metadata': { 'f:annotations': { 'f:eks.amazonaws.com/role-arn': {} } } }, ago('20m')),
        },
      }),
    ],
    T,
    slow(),
    'ServiceAccount shop/default: metadata.annotations[eks.amazonaws.com/role-arn]',
  ],
  [
    'a new version alone is no witness',
    [deployment('web', podSpec({ image: 'a:2' }), [running], { before: podSpec({ image: 'a:1' }), changed: ago('22m') })],
    T,
    slow(),
    'healthy',
  ],
  [
    'an edit, and an alert about what is well by now',
    [
      quiet(),
      object('v1', 'ConfigMap', 'conf', {
        data: { 'web.ini': 'workers = 1' },
        metadata: edited({ 'f:data': { 'f:web.ini': {} } }, ago('30m')),
      }),
    ],
    T,
    slow({ alertname: 'KubePodNotReady' }),
    'healthy',
  ],
  [
    'an edit of yesterday',
    [
      quiet(),
      object('v1', 'ConfigMap', 'conf', {
        data: { 'web.ini': 'workers = 1' },
        metadata: edited({ 'f:data': { 'f:web.ini': {} } }, ago('26h')),
      }),
    ],
    T,
    slow(),
    'healthy',
  ],
]

describe.each([
  ['what was changed last', last],
  ['what somebody holds', holds],
  ['who should empty a queue', queues],
  ['who took the room', room],
  ['who lets requests in', doors],
] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
