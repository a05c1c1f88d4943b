import { describe, expect, it } from 'vitest'
import { ago, cause, configMap, crashing, deployment, edited, node, object, podSpec, running, service, unplaced } from '../fixtures.ts'

/** What happened, the cluster, what the alert is about and says, and what a person has to change. */
type Case = [string, any[], string, { labels?: any; annotations?: any; startsAt?: string } | null, RegExp | string]

const T = 'Deployment shop/web'
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
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
const ns = (name: string, metadata: any = {}) => cluster('v1', 'Namespace', name, { metadata })
const mq = (ns = 'shop') => inNs(ns, [service('mq', { app: 'mq' }, [{ port: 5672 }]), deployment('mq', podSpec(), [running])].flat())

const backlogs: Case[] = [
  [
    'consumer crashing, alert on broker',
    [
      mq(),
      deployment('worker', podSpec({ args: ['--prot=1'], ...env(['AMQP', 'amqp://mq:5672']) }), [
        crashing(2, 'flag provided but not defined: -prot'),
      ]),
    ],
    'Service shop/mq',
    S('QueueBacklog', '63 messages are waiting'),
    /Deployment shop.worker: .*args/,
  ],
  [
    'consumer pending, alert on broker in other ns',
    [
      mq('messaging'),
      deployment(
        'worker',
        podSpec({ resources: { requests: { memory: '64Gi' } }, ...env(['KAFKA', 'mq.messaging:9092'], ['TOPIC', 'orders.v1']) }),
        [unplaced('0/1 nodes are available: 1 Insufficient memory.')],
      ),
      node('n1'),
    ],
    'Service messaging/mq',
    S('KafkaConsumerLag', 'lag', { topic: 'orders.v1', consumergroup: 'billing' }),
    /Deployment shop.worker: .*requests.memory/,
  ],
  [
    'consumer healthy but blocked by slow db (log)',
    [
      mq(),
      service('db', { app: 'db' }, [{ port: 5432 }]),
      deployment('db', podSpec(), [crashing(1, 'PANIC: could not write to file "pg_wal/xlogtemp.29": No space left on device')]),
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'], ['DB', 'postgres://db:5432/x'])), [
        rep('ERROR could not connect to server: Connection refused host "db" port 5432'),
      ]),
    ],
    'Service shop/mq',
    S('QueueBacklog', '63 messages are waiting'),
    /Deployment shop.db/,
  ],
  [
    'consumer queue name typo after rollout',
    [
      mq(),
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.nwe'])), [running], {
        before: podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.new'])),
        changed: ago('30m'),
      }),
    ],
    'Service shop/mq',
    S('QueueBacklog', 'orders.new has 9000 messages', { queue: 'orders.new' }),
    /Deployment shop.worker: .*env\[name=QUEUE\]/,
  ],
  [
    'consumer prefetch/concurrency lowered',
    [
      mq(),
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.new'], ['CONCURRENCY', '1'])), [running], {
        before: podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.new'], ['CONCURRENCY', '20'])),
        changed: ago('50m'),
      }),
    ],
    'Service shop/mq',
    S('QueueBacklog', 'orders.new has 9000 messages', { queue: 'orders.new' }),
    /Deployment shop.worker: .*env\[name=CONCURRENCY\]/,
  ],
  [
    'consumer configmap edited 5h before',
    [
      mq(),
      deployment(
        'worker',
        podSpec(
          { ...env(['AMQP', 'amqp://mq:5672']), volumeMounts: [{ name: 'c', mountPath: '/etc/w' }] },
          { volumes: [{ name: 'c', configMap: { name: 'worker' } }] },
        ),
        [running],
      ),
      configMap('worker', { 'app.yaml': 'concurrency: 1\n' }, edited({ 'f:data': { 'f:app.yaml': {} } }, ago('5h'))),
    ],
    'Service shop/mq',
    S('QueueBacklog', '9000 messages are waiting for more than 4 hours'),
    /ConfigMap shop.worker: data/,
  ],
  [
    'consumer is CronJob suspended',
    [
      mq(),
      object('batch/v1', 'CronJob', 'drain', {
        metadata: switched('suspend', ago('20h')),
        spec: {
          suspend: true,
          schedule: '*/5 * * * *',
          jobTemplate: { spec: { template: { spec: podSpec(env(['AMQP', 'amqp://mq:5672'])) } } },
        },
      }),
    ],
    'Service shop/mq',
    S('QueueBacklog', '9000 messages are waiting'),
    'CronJob shop/drain: spec.suspend',
  ],
  [
    'consumer rollout paused halfway',
    [
      mq(),
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'])), [], {
        replicas: 3,
        spec: { paused: true },
        status: { updatedReplicas: 0, replicas: 0 },
      }),
    ],
    'Service shop/mq',
    S('QueueBacklog', '9000 messages are waiting'),
    'Deployment shop/worker: spec.paused',
  ],
  [
    'consumer removed by hpa min 0',
    [
      mq(),
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'])), [], { replicas: 0 }),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'worker', {
        spec: { minReplicas: 0, maxReplicas: 4, scaleTargetRef: { kind: 'Deployment', name: 'worker' } },
        status: {
          currentReplicas: 0,
          desiredReplicas: 0,
          conditions: [
            {
              type: 'ScalingActive',
              status: 'False',
              reason: 'ScalingDisabled',
              message: 'scaling is disabled since the replica count of the target is zero',
            },
          ],
        },
      }),
    ],
    'Service shop/mq',
    S('QueueBacklog', '9000 messages are waiting'),
    /Deployment shop.worker: spec.replicas|HorizontalPodAutoscaler/,
  ],
  [
    'sync worker at zero, data stale',
    [ns('shop'), deployment('indexer', podSpec(), [], { replicas: 0 })],
    'Namespace shop',
    S('SearchIndexStale', 'The search index was last updated 3 hours ago by indexer'),
    'Deployment shop/indexer: spec.replicas',
  ],
  [
    'exporter at zero: metrics absent',
    [ns('shop'), deployment('pg-exporter', podSpec(), [], { replicas: 0 }), deployment('web', podSpec(), [running])],
    'Namespace shop',
    S('PostgresExporterAbsent', 'pg-exporter has vanished from targets'),
    'Deployment shop/pg-exporter: spec.replicas',
  ],
  [
    'callee at zero since 3h by kubectl, caller alert without logs',
    [
      deployment('web', podSpec(env(['PAY', 'http://pay:8080'])), [running]),
      service('pay', { app: 'pay' }, [{ port: 8080 }]),
      deployment('pay', podSpec(), [], { replicas: 0 }).map((o: any) =>
        o.kind === 'Deployment'
          ? { ...o, metadata: { ...o.metadata, ...edited({ 'f:spec': { 'f:replicas': {} } }, ago('3h'), 'kubectl') } }
          : o,
      ),
    ],
    T,
    S('CheckoutErrors', 'errors'),
    'Deployment shop/pay: spec.replicas',
  ],
  [
    'service account role removed, operator log denied, alert on CR',
    [
      custom('acme.io/v1', 'Bucket', 'media', {}, {}, {}),
      inNs(
        'ops',
        deployment('bucketop', podSpec({}, { serviceAccountName: 'bucketop' }), [
          rep(
            'ERROR Reconciler error {"controller":"bucket","name":"media","error":"secrets is forbidden: User \\"system:serviceaccount:ops:bucketop\\" cannot create resource \\"secrets\\" in API group \\"\\" in the namespace \\"shop\\""}',
          ),
        ]),
      ),
      cluster('rbac.authorization.k8s.io/v1', 'ClusterRole', 'bucketop', {
        rules: [{ apiGroups: ['acme.io'], resources: ['buckets', 'buckets/status'], verbs: ['update'] }],
      }),
      cluster('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'bucketop', {
        roleRef: { kind: 'ClusterRole', name: 'bucketop' },
        subjects: [{ kind: 'ServiceAccount', name: 'bucketop', namespace: 'ops' }],
      }),
      ns('shop'),
    ],
    'Namespace shop',
    S('BucketNotReady', 'media is not ready', { bucket: 'media' }),
    /ClusterRole bucketop: rules/,
  ],
]

describe.each([['who should empty it, and does not', backlogs]] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
