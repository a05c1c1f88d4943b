import { describe, expect, it } from 'vitest'
import { ago, cause, deployment, edited, object, pod, podSpec, running, service } from '../fixtures.ts'

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
const mq = () => [service('mq', { app: 'mq' }, [{ port: 5672 }]), deployment('mq', podSpec(), [running])].flat()
const S = (name: string, text: string, labels: any = {}) => ({ labels: { alertname: name, ...labels }, annotations: { description: text } })

const lookalikes: Case[] = [
  [
    'producer at zero, consumer well, queue alert transient',
    [...mq(), deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.new'])), [running])],
    'Service shop/mq',
    says('orders.new has messages', { queue: 'orders.new' }),
    'healthy',
  ],
  [
    'preview worker asleep beside real consumer',
    [
      ...mq(),
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.new'])), [running]),
      deployment('worker-preview', podSpec(env(['AMQP', 'amqp://mq:5672'], ['QUEUE', 'orders.new'])), [], { replicas: 0 }),
    ],
    'Service shop/mq',
    says('orders.new has messages', { queue: 'orders.new' }),
    'healthy',
  ],
  [
    'keda idle scaler at zero, alert on other thing of deployment',
    [
      ...mq(),
      deployment('worker', podSpec(env(['AMQP', 'amqp://mq:5672'])), [], { replicas: 0 }),
      custom(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'worker',
        { scaleTargetRef: { name: 'worker' }, minReplicaCount: 0, maxReplicaCount: 5 },
        {},
        {
          conditions: [
            { type: 'Ready', status: 'True' },
            { type: 'Active', status: 'False' },
          ],
        },
      ),
    ],
    'Service shop/mq',
    says('memory of the broker is high'),
    'healthy',
  ],
  [
    'helm release suspended long ago, slo alert',
    [
      deployment('web', podSpec(), [running]).map((o: any) =>
        o.kind === 'Deployment' ? ((o.metadata.labels = { 'helm.toolkit.fluxcd.io/name': 'web' }), o) : o,
      ),
      custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', { suspend: true }, {}, { conditions: [{ type: 'Ready', status: 'True' }] }),
    ],
    T,
    S('WebLatency', 'p99 above 1s'),
    'healthy',
  ],
  [
    'certificate renewed in time, operator noise',
    [
      custom(
        'cert-manager.io/v1',
        'Certificate',
        'web-tls',
        { secretName: 'web-tls', issuerRef: { name: 'le', kind: 'ClusterIssuer' } },
        {},
        {
          notAfter: '2026-07-29T00:00:00Z',
          renewalTime: '2026-06-29T00:00:00Z',
          conditions: [{ type: 'Ready', status: 'True', reason: 'Ready' }],
        },
      ),
      ...inNs(
        'ops',
        deployment('cert-manager', podSpec({}, { serviceAccountName: 'cert-manager' }), [
          rep(
            'E0501 11:00:01 1 controller.go:167] "re-queuing item due to optimistic locking on resource" err="Operation cannot be fulfilled on certificates "web-tls": the object has been modified; please apply your changes to the latest version and try again" key="shop/web-tls"',
            2,
          ),
        ]),
      ),
      cluster('rbac.authorization.k8s.io/v1', 'ClusterRole', 'cm', {
        rules: [{ apiGroups: ['cert-manager.io'], resources: ['certificates', 'certificates/status'], verbs: ['update'] }],
      }),
      cluster('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'cm', {
        roleRef: { kind: 'ClusterRole', name: 'cm' },
        subjects: [{ kind: 'ServiceAccount', name: 'cert-manager', namespace: 'ops' }],
      }),
    ],
    'Namespace shop',
    says('Certificate was about to expire', { name: 'web-tls', exported_namespace: 'shop' }),
    'healthy',
  ],
  [
    'backup made, run log mentions 0 errors',
    [
      object('batch/v1', 'CronJob', 'backup', {
        spec: { schedule: '0 2 * * *', jobTemplate: { spec: { template: { spec: podSpec() } } } },
        status: { lastScheduleTime: ago('5h'), lastSuccessfulTime: ago('4h') },
      }),
      object('batch/v1', 'Job', 'backup-1', {
        metadata: {
          ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'backup', uid: 'uid-CronJob-backup', controller: true }],
        },
        status: { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] },
      }),
      pod(
        'backup-1-x',
        podSpec(),
        {
          ready: false,
          phase: 'Succeeded',
          state: { terminated: { exitCode: 0 } },
          log: 'dumped 12 tables, 0 errors\nretry 1: upload timed out\nupload finished',
        } as any,
        { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'backup-1', uid: 'uid-Job-backup-1', controller: true }] },
      ),
    ],
    'CronJob shop/backup',
    says('last backup is too old'),
    'healthy',
  ],
  [
    'hpa edit yesterday and at max without want',
    [
      deployment('web', podSpec(), [running, running]),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        metadata: switched('maxReplicas', ago('30h')),
        spec: {
          scaleTargetRef: { kind: 'Deployment', name: 'web' },
          maxReplicas: 2,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
        },
        status: {
          currentReplicas: 2,
          currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40 } } }],
          conditions: [{ type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' }],
        },
      }),
    ],
    T,
    S('WebErrors', 'some errors'),
    'healthy',
  ],
  [
    'rolled back just now',
    [
      deployment('web', podSpec({ image: 'a:1', ...env(['X', '1']) }), [running], {
        before: podSpec({ image: 'a:2', ...env(['X', '2']) }),
        changed: ago('20m'),
      }),
    ],
    T,
    { ...S('WebErrorBudgetBurn', 'errors'), startsAt: ago('35m') },
    'healthy',
  ],
  [
    'rollout done with env and image, then alert of the rollout',
    [
      deployment('web', podSpec({ image: 'a:2', ...env(['X', '2']) }), [running], {
        before: podSpec({ image: 'a:1', ...env(['X', '1']) }),
        changed: ago('20m'),
      }),
    ],
    T,
    S('KubeDeploymentRolloutStuck', 'rollout'),
    'healthy',
  ],
]

describe.each([['what only looks like it', lookalikes]] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
