import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#cluster'
import { ago, cause, container, crashing, deployment, event, job, node, object, podSpec, run, running, service } from '../../fixtures.ts'
import { fieldOf } from '../run/cronjob-schedule.ts'

type Objects = (KubeObject | KubeObject[])[]

const cluster = (kind: string, apiVersion: string, name: string, rest: object): KubeObject =>
  object(apiVersion, kind, name, { ...rest, metadata: { namespace: undefined, ...('metadata' in rest ? (rest.metadata as object) : {}) } })
const set = (kind: string, spec: object, status: object): KubeObject =>
  object('apps/v1', kind, 'db', {
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: podSpec() },
      ...spec,
    },
    status,
  })
const cron = (spec: object, status = {}): KubeObject =>
  object('batch/v1', 'CronJob', 'sync', {
    spec: { schedule: '0 * * * *', jobTemplate: { spec: { template: { spec: podSpec() } } }, ...spec },
    status,
  })
const apiDown = (reason: string): KubeObject =>
  cluster('APIService', 'apiregistration.k8s.io/v1', 'v1beta1.metrics.k8s.io', {
    spec: { group: 'metrics.k8s.io', version: 'v1beta1', service: { name: 'metrics', namespace: 'shop' } },
    status: { conditions: [{ type: 'Available', status: 'False', reason, message: 'no', lastTransitionTime: ago('30m') }] },
  })
const hpa = (name: string, conditions: object[], metadata = {}): KubeObject =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', name, {
    metadata,
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5 },
    status: { conditions },
  })
const blind = (reason: string, message: string) => [
  { type: 'ScalingActive', status: 'False', reason, message, lastTransitionTime: ago('20m') },
]
const web = deployment('web', podSpec(), [running])
const loop = container({ command: ['sh', '-c', 'fetch; while true; do sleep 10; done'] })
const active = { active: 1, startTime: ago('5h') }

describe('controllers', () => {
  const alerted: [string, Objects, string, string][] = [
    [
      'OnDelete keeps the old revision',
      [
        set(
          'StatefulSet',
          { updateStrategy: { type: 'OnDelete' } },
          { currentRevision: 'a', updateRevision: 'b', updatedReplicas: 0, readyReplicas: 3 },
        ),
      ],
      'StatefulSet shop/db',
      'StatefulSet shop/db: spec.updateStrategy.type',
    ],
    [
      'a partition keeps the old revision',
      [
        set(
          'StatefulSet',
          { updateStrategy: { rollingUpdate: { partition: 2 } } },
          { currentRevision: 'a', updateRevision: 'b', updatedReplicas: 1, readyReplicas: 3 },
        ),
      ],
      'StatefulSet shop/db',
      'StatefulSet shop/db: spec.updateStrategy.rollingUpdate.partition',
    ],
    [
      'no partition, all updated',
      [set('StatefulSet', {}, { currentRevision: 'b', updateRevision: 'b', updatedReplicas: 3, readyReplicas: 3 })],
      'StatefulSet shop/db',
      'healthy',
    ],
    [
      'a DaemonSet whose label no node has',
      [
        set('DaemonSet', { template: { spec: podSpec({}, { nodeSelector: { gpu: 'a10' } }) } }, { desiredNumberScheduled: 0 }),
        node('n1', { labels: { gpu: 'h100' } }),
      ],
      'DaemonSet shop/db',
      'DaemonSet shop/db: spec.template.spec.nodeSelector.gpu',
    ],
    [
      'a DaemonSet that tolerates no node',
      [set('DaemonSet', {}, { desiredNumberScheduled: 0 }), node('n1', { taints: [{ key: 'pool', value: 'x', effect: 'NoSchedule' }] })],
      'DaemonSet shop/db',
      'DaemonSet shop/db: spec.template.spec.tolerations',
    ],
    [
      'a Job whose shell never ends',
      [job('scrape', { containers: [loop] }, [running], { status: active })],
      'Job shop/scrape',
      'Job shop/scrape: spec.template.spec.containers[name=app].command[2]',
    ],
    [
      'a Job without a deadline',
      [job('scrape', podSpec(), [running], { status: active })],
      'Job shop/scrape',
      'Job shop/scrape: spec.activeDeadlineSeconds',
    ],
    [
      'a Job that bounds itself',
      [job('scrape', podSpec(), [running], { status: active, spec: { activeDeadlineSeconds: 86_400 } })],
      'Job shop/scrape',
      'healthy',
    ],
    ['a day that does not exist', [cron({ schedule: '0 3 30 2 *' })], 'CronJob shop/sync', 'CronJob shop/sync: spec.schedule'],
    ['a day that some of the months have', [cron({ schedule: '0 3 31 */2 *' })], 'CronJob shop/sync', 'healthy'],
    ['a day or a day of the week', [cron({ schedule: '0 3 31 4 mon' })], 'CronJob shop/sync', 'healthy'],
    [
      'two autoscalers of one Deployment',
      [
        web,
        hpa('one', blind('AmbiguousSelector', 'pods by selector app=web are controlled by multiple HPAs')),
        hpa('two', blind('AmbiguousSelector', 'pods by selector app=web are controlled by multiple HPAs'), {
          creationTimestamp: ago('1h'),
        }),
      ],
      'HorizontalPodAutoscaler shop/one',
      'HorizontalPodAutoscaler shop/two: spec.scaleTargetRef',
    ],
    [
      'a metrics API whose pods are scaled away',
      [
        web,
        apiDown('MissingEndpoints'),
        service('metrics', { app: 'metrics' }),
        deployment('metrics', podSpec(), [], { replicas: 0, labels: { app: 'metrics' } }),
        hpa('web', blind('FailedGetResourceMetric', 'the server is currently unable to handle the request (get pods.metrics.k8s.io)')),
      ],
      'HorizontalPodAutoscaler shop/web',
      'Deployment shop/metrics: spec.replicas',
    ],
    [
      'an API whose Service is gone',
      [
        web,
        apiDown('ServiceNotFound'),
        hpa('web', blind('FailedGetResourceMetric', 'unable to handle the request (get pods.metrics.k8s.io)')),
      ],
      'HorizontalPodAutoscaler shop/web',
      'APIService v1beta1.metrics.k8s.io: spec.service.name',
    ],
    [
      'a change that no controller has seen',
      [
        object('apps/v1', 'Deployment', 'web', {
          metadata: { generation: 4, managedFields: [{ manager: 'helm', operation: 'Update', time: ago('20m'), fieldsV1: {} }] },
          spec: { replicas: 1, selector: {}, template: { spec: podSpec() } },
          status: { observedGeneration: 3, readyReplicas: 1, replicas: 1, updatedReplicas: 1 },
        }),
        object('v1', 'Pod', 'kube-controller-manager-cp', {
          metadata: { namespace: 'kube-system', labels: { component: 'kube-controller-manager' } },
          spec: { containers: [container({ name: 'kcm' })] },
          status: {
            phase: 'Running',
            containerStatuses: [
              {
                name: 'kcm',
                ready: false,
                restartCount: 9,
                state: { waiting: { reason: 'CrashLoopBackOff' } },
                lastState: { terminated: { exitCode: 1, finishedAt: ago('2m') } },
              },
            ],
          },
        }),
      ],
      'Deployment shop/web',
      'Pod kube-system/kube-controller-manager-cp: spec.containers[name=kcm]',
    ],
    [
      'a kubelet five minor versions behind',
      [
        web,
        node('n1', {}),
        ...['v1.36.3', 'v1.31.9'].map((kubeletVersion, i) => ({
          ...node(`k${i}`),
          status: { nodeInfo: { kubeletVersion }, conditions: [{ type: 'Ready', status: 'True' }] },
        })),
      ],
      'Node k1',
      'Node k1: -',
    ],
  ]
  it.each(alerted)('%s', async (_, objects, target, expected) => expect(await cause(objects, target, {})).toBe(expected))

  const quiet: [string, Objects][] = [
    [
      'a DaemonSet for nodes that are not there',
      [
        web,
        set('DaemonSet', { template: { spec: podSpec({}, { nodeSelector: { kiosk: 'true' } }) } }, { desiredNumberScheduled: 0 }),
        node('n1'),
      ],
    ],
    ['a long Job without a deadline', [job('train', podSpec(), [running], { status: active })]],
    [
      'OnDelete that nobody asks about',
      [
        set(
          'StatefulSet',
          { updateStrategy: { type: 'OnDelete' } },
          { currentRevision: 'a', updateRevision: 'b', updatedReplicas: 0, readyReplicas: 3 },
        ),
      ],
    ],
  ]
  it.each(quiet)('without an alert, %s is no fault', async (_, objects) => expect(await cause(objects)).toBe('healthy'))

  it('sees a CronJob wait for a run that hangs', async () => {
    const one = cron({ concurrencyPolicy: 'Forbid' })
    const hung = object('batch/v1', 'Job', 'sync-1', {
      metadata: { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'sync', uid: one.metadata.uid, controller: true }] },
      spec: { template: { spec: podSpec() } },
      status: active,
    })
    const said = event(one, 'JobAlreadyActive', 'Not starting job because prior execution is running', { type: 'Normal' })
    expect(await cause([one, hung, said], 'CronJob shop/sync', {})).toBe('CronJob shop/sync: spec.jobTemplate.spec.activeDeadlineSeconds')
  })

  it('blames what a namespace still holds', async () => {
    const gone = { deletionTimestamp: ago('1h') }
    const namespace = cluster('Namespace', 'v1', 'shop', { metadata: { ...gone }, status: { conditions: [] } })
    const held = object('v1', 'ConfigMap', 'dns', { metadata: { ...gone, finalizers: ['dns.example/record'] } })
    expect(await cause([namespace, held], 'Namespace shop', {})).toBe('ConfigMap shop/dns: metadata.finalizers')
  })

  it('names etcd and its quota when a program quotes it', async () => {
    const etcd = object('v1', 'Pod', 'etcd-cp', {
      metadata: { namespace: 'kube-system', labels: { component: 'etcd' } },
      spec: { containers: [container({ name: 'etcd', command: ['etcd', '--quota-backend-bytes=1'] })] },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [{ name: 'etcd', ready: true, state: { running: {} } }],
      },
    })
    const operator = deployment('operator', podSpec(), [crashing(1, 'Failed to update lock: etcdserver: mvcc: database space exceeded')])
    const found = await run([etcd, operator], 'Deployment shop/operator', {})
    expect(found.rootCause).toMatchObject({
      rule: 'etcd-trouble',
      object: { name: 'etcd-cp' },
      field: 'spec.containers[name=etcd].command[1]',
    })
  })
})

describe('a field of a schedule', () => {
  it.each([
    ['*', 1, 3, [1, 2, 3]],
    ['2', 1, 3, [2]],
    ['1-2', 1, 3, [1, 2]],
    ['*/2', 1, 5, [1, 3, 5]],
    ['1,3', 1, 3, [1, 3]],
    ['L', 1, 31, null],
  ] as const)('%s', (text, from, to, expected) => expect(fieldOf(text, from, to)).toEqual(expected))
})
