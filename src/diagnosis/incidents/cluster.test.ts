import { describe, expect, it } from 'vitest'
import {
  ago,
  cause,
  crashing,
  deployment,
  edited,
  ended,
  event,
  job,
  node,
  object,
  pod,
  podSpec,
  running,
  unplaced,
  unready,
  type PodState,
} from '../fixtures.ts'

/** What happened, the cluster, what the alert is about and says, and what a person has to change. */
type Case = [string, any[], string | null, { labels?: any; annotations?: any; startsAt?: string } | null, RegExp | string]

const T = 'Deployment shop/web'

const says = (text: string) => ({ annotations: { description: text } })
const cond = (type: string, status: string, reason: string, message = '', since = '20m') => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: ago(since),
})
const hpa = (name: string, spec: any = {}, status: any = {}, rest: any = {}) =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', name, {
    ...rest,
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 8, ...spec },
    status: { currentReplicas: 2, desiredReplicas: 2, ...status },
  })
const owned = (kind: string, name: string, apiVersion = 'apps/v1') => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${kind}-${name}`, controller: true }],
})
const daemon = (name: string, spec: any, states: [string, PodState][], rest: any = {}): any[] => [
  object('apps/v1', 'DaemonSet', name, {
    ...rest,
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec }, ...rest.spec },
    status: { desiredNumberScheduled: states.length, numberReady: states.filter(([, s]) => s.ready).length, ...rest.status },
  }),
  ...states.map(([on, state], i) =>
    pod(`${name}-${i}`, spec, { ...state, node: on }, { labels: { app: name }, ...owned('DaemonSet', name) }),
  ),
]
const stateful = (name: string, spec: any, states: PodState[], rest: any = {}): any[] => [
  object('apps/v1', 'StatefulSet', name, {
    ...rest,
    spec: {
      replicas: states.length,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec },
      ...rest.spec,
    },
    status: { replicas: states.length, readyReplicas: states.filter((s) => s.ready).length, ...rest.status },
  }),
  ...states.map((state, i) =>
    pod(`${name}-${i}`, spec, state, { labels: { app: name, ...state.metadata?.['labels'] }, ...owned('StatefulSet', name) }),
  ),
]
const claim = (name: string, spec: any = {}, rest: any = {}) =>
  object('v1', 'PersistentVolumeClaim', name, {
    ...rest,
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'fast',
      resources: { requests: { storage: '10Gi' } },
      volumeName: `pv-${name}`,
      ...spec,
    },
    status: { phase: 'Bound', capacity: { storage: '10Gi' }, ...rest.status },
  })
const mounted = (name: string) => ({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }] })
const rs = (of: any[]) => of.find((o) => o.kind === 'ReplicaSet')

const web = deployment('web', podSpec(), [running, running])
const short = deployment('web', podSpec(), [], { replicas: 2 })
const rescaled = (of: any, size: number, why: string, n: number) =>
  event(of, 'SuccessfulRescale', `New size: ${size}; reason: ${why}`, {
    count: n,
    type: 'Normal',
    firstTimestamp: ago('110m'),
    lastTimestamp: ago('4m'),
    metadata: { name: `r${size}`, namespace: 'shop' },
  })
const UP = 'cpu resource utilization (percentage of request) above target'
const nervous = hpa('web', { behavior: { scaleDown: { stabilizationWindowSeconds: 15 } } })
const calm = hpa('web')

const scaling: Case[] = [
  [
    'an autoscaler that takes pods away at once',
    [web, nervous, rescaled(nervous, 6, UP, 7), rescaled(nervous, 2, 'All metrics below target', 7)],
    T,
    says('Error rate is high.'),
    'HorizontalPodAutoscaler shop/web: spec.behavior.scaleDown.stabilizationWindowSeconds',
  ],
  [
    'the same, nobody asks',
    [web, nervous, rescaled(nervous, 6, UP, 7), rescaled(nervous, 2, 'All metrics below target', 7)],
    null,
    null,
    'healthy',
  ],
  [
    'an autoscaler at its day’s work',
    [web, nervous, rescaled(nervous, 6, UP, 2), rescaled(nervous, 2, 'All metrics below target', 1)],
    T,
    says('Slow.'),
    'healthy',
  ],
  [
    'a Git deployment that sets the replicas back',
    [
      deployment('web', podSpec(), [running, running], { spec: {} }).map((o) =>
        o.kind === 'Deployment'
          ? { ...o, metadata: { ...o.metadata, ...edited({ 'f:spec': { 'f:replicas': {} } }, ago('3m'), 'argocd-controller') } }
          : o,
      ),
      calm,
      rescaled(calm, 6, UP, 9),
      event(web[0]!, 'ScalingReplicaSet', 'Scaled down replica set web-r1 from 6 to 2', { count: 9, type: 'Normal' }),
    ],
    T,
    says('Slow again and again.'),
    'Deployment shop/web: spec.replicas',
  ],
  [
    'a paused ScaledObject',
    [
      deployment('web', podSpec(), [], { replicas: 0 }),
      object('keda.sh/v1alpha1', 'ScaledObject', 'web', {
        metadata: { annotations: { 'autoscaling.keda.sh/paused-replicas': '0' } },
        spec: { scaleTargetRef: { name: 'web' }, minReplicaCount: 2 },
        status: {
          conditions: [cond('Ready', 'True', 'ScaledObjectReady'), cond('Paused', 'True', 'ScaledObjectPaused', 'ScaledObject is paused')],
        },
      }),
    ],
    T,
    says('No pods.'),
    /ScaledObject shop\/web: metadata.annotations/,
  ],
  [
    'a vertical autoscaler that leaves too little memory',
    [
      deployment('web', podSpec({ resources: { requests: { memory: '512Mi' }, limits: { memory: '1Gi' } } }), [
        crashing(137, '', 'OOMKilled'),
      ]).map((o) =>
        o.kind === 'Pod'
          ? {
              ...o,
              metadata: {
                ...o.metadata,
                annotations: { vpaUpdates: 'Pod resources updated by web: container 0: memory request, memory limit' },
              },
              spec: {
                ...o.spec,
                containers: [{ ...o.spec.containers[0], resources: { requests: { memory: '128Mi' }, limits: { memory: '256Mi' } } }],
              },
            }
          : o,
      ),
      object('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', 'web', {
        spec: {
          targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          updatePolicy: { updateMode: 'Auto' },
          resourcePolicy: { containerPolicies: [{ containerName: 'app', maxAllowed: { memory: '128Mi' } }] },
        },
        status: {
          conditions: [cond('RecommendationProvided', 'True', '')],
          recommendation: { containerRecommendations: [{ containerName: 'app', target: { memory: '128Mi' } }] },
        },
      }),
    ],
    T,
    says('Crash loop.'),
    /VerticalPodAutoscaler shop\/web: spec\.resourcePolicy/,
  ],
  [
    'an autoscaler’s external metric has no data since the queue was renamed',
    [
      web,
      hpa(
        'web',
        {
          metrics: [
            {
              type: 'External',
              external: {
                metric: { name: 'queue_depth', selector: { matchLabels: { queue: 'orders' } } },
                target: { type: 'AverageValue', averageValue: '10' },
              },
            },
          ],
        },
        {
          conditions: [
            cond(
              'ScalingActive',
              'False',
              'FailedGetExternalMetric',
              'the HPA was unable to compute the replica count: unable to get external metric shop/queue_depth/&LabelSelector{MatchLabels:map[string]string{queue: orders,},}: no metrics returned from external metrics API',
            ),
          ],
        },
      ),
    ],
    T,
    says('Queue is long.'),
    /HorizontalPodAutoscaler shop\/web: spec\.metrics/,
  ],
]

const admission: Case[] = [
  [
    'no quota for its priority',
    [
      short,
      event(
        rs(short),
        'FailedCreate',
        'Error creating: pods "web-r1-x" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [high]}]',
      ),
    ],
    T,
    says('No pods.'),
    /Deployment shop\/web: spec\.template\.spec\.priorityClassName|ResourceQuota/,
  ],
  [
    'a quota on a class of storage',
    [
      stateful('db', podSpec(), [running], { spec: { replicas: 2 }, status: { replicas: 1 } }),
      object('v1', 'ResourceQuota', 'storage', {
        spec: { hard: { 'fast.storageclass.storage.k8s.io/requests.storage': '100Gi' } },
        status: { used: { 'fast.storageclass.storage.k8s.io/requests.storage': '90Gi' } },
      }),
      event(
        stateful('db', podSpec(), [running])[0],
        'FailedCreate',
        'create Claim data-db-1 for Pod db-1 in StatefulSet db failed error: persistentvolumeclaims "data-db-1" is forbidden: exceeded quota: storage, requested: fast.storageclass.storage.k8s.io/requests.storage=50Gi, used: fast.storageclass.storage.k8s.io/requests.storage=90Gi, limited: fast.storageclass.storage.k8s.io/requests.storage=100Gi',
      ),
    ],
    'StatefulSet shop/db',
    says('Replicas mismatch.'),
    /ResourceQuota shop\/storage: spec\.hard/,
  ],
  [
    'tolerations that the namespace does not allow',
    [
      short,
      event(
        rs(short),
        'FailedCreate',
        'Error creating: pods "web-r1-x" is forbidden: pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist',
      ),
    ],
    T,
    says('No pods.'),
    /Deployment shop\/web: spec\.template\.spec\.tolerations/,
  ],
  [
    'a volume that may not grow',
    [
      deployment('web', podSpec({}, mounted('data')), [
        { ...running, log: 'ERROR could not extend file: No space left on device\n'.repeat(9) },
      ]),
      claim('data', { resources: { requests: { storage: '20Gi' } } }, { status: { conditions: [cond('Resizing', 'True', '')] } }),
      event(
        claim('data'),
        'VolumeResizeFailed',
        'resize volume "pv-data" by resizer "ebs.csi.aws.com" failed: rpc error: code = Internal desc = Could not resize volume "vol-0a": VolumeModificationRateExceeded: You have reached the maximum modification rate per volume limit. Wait at least 6 hours between modifications per EBS volume.',
      ),
    ],
    'PersistentVolumeClaim shop/data',
    says('Volume is filling up.'),
    /PersistentVolumeClaim shop\/data: spec\.resources\.requests\.storage/,
  ],
  [
    'a resize that waits for a restart',
    [
      deployment('web', podSpec({}, mounted('data')), [{ ...running, log: 'INFO ok' }]),
      claim(
        'data',
        { resources: { requests: { storage: '20Gi' } } },
        {
          status: {
            conditions: [
              cond(
                'FileSystemResizePending',
                'True',
                '',
                'Waiting for user to (re-)start a pod to finish file system resize of volume on node.',
                '3h',
              ),
            ],
          },
        },
      ),
    ],
    'PersistentVolumeClaim shop/data',
    says('Volume is filling up.'),
    /PersistentVolumeClaim shop\/data/,
  ],
  [
    'security context constraints',
    [
      short,
      event(
        rs(short),
        'FailedCreate',
        'Error creating: pods "web-r1-" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{2000}: 2000 is not an allowed group]',
      ),
    ],
    T,
    says('No pods.'),
    /Deployment shop\/web: spec\.template\.spec\.securityContext/,
  ],
]

const want = (message: string, ns: any[] = [], spec: any = {}) => [
  deployment('web', podSpec({ resources: { requests: { cpu: '500m' } } }, spec), [unplaced(message)]),
  ...ns,
]
const scheduling: Case[] = [
  [
    'nodes that a cloud controller has not initialised',
    [
      want(
        '0/2 nodes are available: 2 node(s) had untolerated taint {node.cloudprovider.kubernetes.io/uninitialized: true}. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
      ),
      node('n1', { taints: [{ key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' }] }),
      node('n2', { taints: [{ key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' }] }),
    ],
    T,
    says('Pending.'),
    /Node n1|cloud/,
  ],
  [
    'an agent that should take its start-up taint away and crashes',
    [
      want('0/1 nodes are available: 1 node(s) had untolerated taint {node.cilium.io/agent-not-ready: true}.'),
      node('n1', { taints: [{ key: 'node.cilium.io/agent-not-ready', value: 'true', effect: 'NoSchedule' }] }),
      daemon(
        'cilium',
        podSpec(
          { args: ['--bpf-map-dynamic-size-ratio=high'] },
          { hostNetwork: true, tolerations: [{ operator: 'Exists' }], volumes: [{ name: 'cni', hostPath: { path: '/etc/cni/net.d' } }] },
        ),
        [['n1', crashing(1, 'level=fatal msg="Invalid value for bpf-map-dynamic-size-ratio: high"')]],
      ),
    ],
    T,
    says('Pending.'),
    /DaemonSet shop\/cilium: spec\.template\.spec\.containers\[name=app\]\.args\[0\]/,
  ],
  [
    'a claim that is being deleted',
    [
      want('0/1 nodes are available: persistentvolumeclaim "data" is being deleted.', [node('n1')], mounted('data')),
      claim('data', {}, { metadata: { deletionTimestamp: ago('40m'), finalizers: ['kubernetes.io/pvc-protection'] } }),
    ],
    T,
    says('Pending.'),
    /PersistentVolumeClaim shop\/data/,
  ],
  [
    'no node has that much local storage left',
    [
      want('0/2 nodes are available: 2 node(s) did not have enough free storage.', [node('n1'), node('n2')], mounted('data')),
      claim(
        'data',
        { volumeName: undefined, resources: { requests: { storage: '900Gi' } } },
        { status: { phase: 'Pending', capacity: undefined } },
      ),
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'fast', uid: 'c' },
        provisioner: 'topolvm.io',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ],
    T,
    says('Pending.'),
    /PersistentVolumeClaim shop\/data: spec\.resources\.requests\.storage/,
  ],
  [
    'a device claim that nobody can give',
    [
      want(
        '0/2 nodes are available: 2 cannot allocate all claims. still not schedulable, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
        [node('n1'), node('n2')],
        { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'big-gpu' }] },
      ),
    ],
    T,
    says('Pending.'),
    /Deployment shop\/web: spec\.template\.spec\.resourceClaims|big-gpu/,
  ],
  [
    'nodes that are being taken away',
    [
      want('0/2 nodes are available: 1 node(s) had untolerated taint {karpenter.sh/disrupted: }, 1 Insufficient cpu.'),
      node('n1', { taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }] }),
      node('n2', { allocatable: { cpu: '200m' } }),
    ],
    T,
    says('Pending.'),
    /./,
  ],
]

const batch: Case[] = [
  [
    'a Job whose sidecar never ends',
    [
      job(
        'report',
        {
          containers: [
            { name: 'report', image: 'r:1' },
            { name: 'istio-proxy', image: 'istio/proxyv2:1.22' },
          ],
        },
        [],
        { status: { active: 1, startTime: ago('3h') } },
      ),
      {
        ...pod(
          'report-0',
          {
            restartPolicy: 'Never',
            containers: [
              { name: 'report', image: 'r:1' },
              { name: 'istio-proxy', image: 'istio/proxyv2:1.22' },
            ],
          },
          {
            since: ago('3h'),
            status: {
              containerStatuses: [
                {
                  name: 'report',
                  ready: false,
                  restartCount: 0,
                  state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: ago('3h'), finishedAt: ago('170m') } },
                },
                { name: 'istio-proxy', ready: true, restartCount: 0, state: { running: { startedAt: ago('3h') } } },
              ],
            },
          },
          owned('Job', 'report', 'batch/v1'),
        ),
      },
    ],
    'Job shop/report',
    says('Job did not complete in time.'),
    /Job shop\/report: spec\.template\.spec\.containers\[name=istio-proxy\]/,
  ],
  [
    'a rule on failures that ends the Job at once',
    [
      job('report', podSpec(), [{ phase: 'Failed', state: { terminated: ended(42) }, log: 'lost lock, try again' }], {
        spec: { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { containerName: 'app', operator: 'In', values: [42] } }] } },
        status: {
          failed: 1,
          conditions: [
            cond(
              'Failed',
              'True',
              'PodFailurePolicy',
              'Container app for pod shop/report-0 failed with exit code 42 matching FailJob rule at index 0',
            ),
          ],
        },
      }),
    ],
    'Job shop/report',
    says('Job failed.'),
    /Job shop\/report: spec\.(?:podFailurePolicy|template)/,
  ],
  [
    'a Job that was run again by hand',
    [
      job('migrate-1', podSpec({ args: ['up'] }), [{ phase: 'Failed', state: { terminated: ended(1) }, log: 'ERROR: deadlock detected' }], {
        metadata: { creationTimestamp: ago('3h') },
        status: { failed: 1, conditions: [cond('Failed', 'True', 'BackoffLimitExceeded')] },
      }),
      job('migrate-2', podSpec({ args: ['up'] }), [], {
        metadata: { creationTimestamp: ago('2h') },
        status: { succeeded: 1, conditions: [cond('Complete', 'True', '')] },
      }),
    ],
    'Namespace shop',
    says('Slow.'),
    'healthy',
  ],
]

const nodes: Case[] = [
  [
    'a DaemonSet’s roll-out that waits for a dead node',
    [
      daemon(
        'agent',
        podSpec(),
        [
          ['n1', running],
          ['n2', { ...unready, metadata: {} }],
        ],
        { status: { updatedNumberScheduled: 1 } },
      ),
      node('n1'),
      node('n2', { conditions: [cond('Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.', '2h')] }),
    ],
    'DaemonSet shop/agent',
    says('DaemonSet rollout is stuck.'),
    'Node n2: -',
  ],
  [
    'a file system that ran out of watches',
    [deployment('web', podSpec(), [crashing(1, 'failed to create fsnotify watcher: too many open files')]), node('n1')],
    T,
    says('Crash loop.'),
    /Node n1|Deployment shop\/web/,
  ],
  [
    'pods that take an hour to end hold the roll-out',
    [
      stateful(
        'db',
        podSpec({ lifecycle: { preStop: { exec: { command: ['sh', '-c', 'sleep 7200'] } } } }, { terminationGracePeriodSeconds: 7200 }),
        [
          running,
          {
            ...running,
            metadata: { deletionTimestamp: new Date(Date.parse(ago('0s')) + 5_400_000).toISOString(), deletionGracePeriodSeconds: 7200 },
          },
        ],
        { status: { updatedReplicas: 0, currentRevision: 'a', updateRevision: 'b' } },
      ),
    ],
    'StatefulSet shop/db',
    says('StatefulSet update has not been rolled out.'),
    /StatefulSet shop\/db: spec\.template\.spec\.(?:terminationGracePeriodSeconds|containers\[name=app\]\.lifecycle)/,
  ],
  [
    'an owner in another namespace',
    [
      deployment('web', podSpec({ envFrom: [{ configMapRef: { name: 'flags' } }] }), [
        { phase: 'Pending', state: { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "flags" not found' } } },
      ]),
      event(
        object('v1', 'ConfigMap', 'flags'),
        'OwnerRefInvalidNamespace',
        'ownerRef [example.com/v1/FlagSet, namespace: shop, name: global, uid: 1] does not exist in namespace "shop"',
      ),
      node('n1'),
    ],
    T,
    says('Pending.'),
    /ConfigMap shop\/flags: metadata\.ownerReferences|Deployment shop\/web: .*configMapRef/,
  ],
]

describe('incidents of the cluster’s own machinery, as they are told', () => {
  it.each([...scaling, ...admission, ...scheduling, ...batch, ...nodes])('%s', async (_, objects, target, alert, expected) => {
    const found = await cause(objects.flat(3), target, alert)
    expect(found).toMatch(expected)
  })
})
