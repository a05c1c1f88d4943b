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
  service,
  unplaced,
  unready,
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
const rs = (of: any[]) => of.find((o) => o.kind === 'ReplicaSet')
const web = deployment('web', podSpec(), [running, running])
const ns = (name: string, rest: any = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  ...rest,
  metadata: { name, uid: `ns-${name}`, creationTimestamp: ago('300d'), ...rest.metadata },
})
/** The same objects in another namespace. */
const inNs = (name: string, list: any[]): any[] => {
  for (const o of list) {
    o.metadata.namespace = name
    if (o.involvedObject) o.involvedObject.namespace = name
  }
  return list
}
const CERT_CALL =
  'Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post "https://cert-manager-webhook.certs.svc:443/validate?timeout=30s": dial tcp 10.96.7.7:443: connect: connection refused'

const later: Case[] = [
  [
    'a policy that rewrites the image',
    [
      deployment('web', podSpec({ image: 'quay.io/acme/web:2.1' }), [
        {
          phase: 'Pending',
          state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "mirror.acme.example/acme/web:2.1"' } },
        },
      ]).map((o) =>
        o.kind === 'Pod'
          ? { ...o, spec: { ...o.spec, containers: [{ ...o.spec.containers[0], image: 'mirror.acme.example/acme/web:2.1' }] } }
          : o,
      ),
      object('kyverno.io/v1', 'ClusterPolicy', 'use-mirror', {
        metadata: { namespace: undefined },
        spec: {
          rules: [
            {
              name: 'rewrite',
              mutate: {
                foreach: [
                  {
                    list: 'request.object.spec.containers',
                    patchStrategicMerge: { spec: { containers: [{ image: 'mirror.acme.example/{{ images.containers.*.path }}' }] } },
                  },
                ],
              },
            },
          ],
        },
        status: { conditions: [cond('Ready', 'True', 'Succeeded')] },
      }),
      event(
        { ...deployment('web', podSpec(), [running]).find((o) => o.kind === 'Pod')! },
        'Failed',
        'Failed to pull image "mirror.acme.example/acme/web:2.1": rpc error: code = NotFound desc = failed to pull and unpack image "mirror.acme.example/acme/web:2.1": not found',
        { container: 'app' },
      ),
      node('n1'),
    ],
    T,
    says('Pods are not ready.'),
    /ClusterPolicy use-mirror/,
  ],
  [
    'a release that a dead webhook refuses',
    [
      object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', {
        spec: { chart: { spec: { chart: 'web', version: '2.0.0' } } },
        status: {
          conditions: [
            cond('Ready', 'False', 'UpgradeFailed', `Helm upgrade failed for release shop/web: failed to create resource: ${CERT_CALL}`),
          ],
        },
      }),
      inNs('certs', [
        ...deployment('cert-manager-webhook', podSpec({ args: ['--secure-prot=10250'] }), [
          crashing(1, 'Error: unknown flag: --secure-prot'),
        ]),
        service('cert-manager-webhook', { app: 'cert-manager-webhook' }, [{ port: 443, targetPort: 10250 }]),
      ]),
      ns('shop'),
      ns('certs'),
    ],
    'Namespace shop',
    { labels: { kind: 'HelmRelease', name: 'web' }, annotations: { description: 'HelmRelease web is not ready.' } },
    /Deployment certs\/cert-manager-webhook: spec\.template\.spec\.containers\[name=app\]\.args\[0\]/,
  ],
  [
    'a Deployment whose pods must be ready for an hour',
    [
      deployment('web', podSpec(), [running, running, running], {
        before: podSpec({ image: 'registry.example/app:0.9' }),
        spec: { minReadySeconds: 3600 },
        status: {
          availableReplicas: 0,
          conditions: [cond('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.')],
        },
      }),
    ],
    T,
    says('Deployment has not matched the expected number of replicas.'),
    'Deployment shop/web: spec.minReadySeconds',
  ],
  [
    'an autoscaler that may add one pod in ten minutes',
    [
      web,
      hpa(
        'web',
        {
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
          behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1200 }] } },
        },
        {
          currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 310 } } }],
          conditions: [
            cond('ScalingLimited', 'True', 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate'),
            cond('ScalingActive', 'True', 'ValidMetricFound'),
            cond('AbleToScale', 'True', 'SucceededRescale'),
          ],
        },
      ),
    ],
    T,
    says('Latency is high.'),
    'HorizontalPodAutoscaler shop/web: spec.behavior.scaleUp',
  ],
  [
    'an autoscaler that may not scale up at all',
    [
      web,
      hpa(
        'web',
        {
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
          behavior: { scaleUp: { selectPolicy: 'Disabled' } },
        },
        {
          currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 310 } } }],
          conditions: [
            cond('ScalingLimited', 'True', 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate'),
            cond('ScalingActive', 'True', 'ValidMetricFound'),
          ],
        },
      ),
    ],
    T,
    says('Latency is high.'),
    'HorizontalPodAutoscaler shop/web: spec.behavior.scaleUp.selectPolicy',
  ],
  [
    'a Job that waits for its queue',
    [
      job('train', podSpec(), [], { spec: { suspend: true }, metadata: { labels: { 'kueue.x-k8s.io/queue-name': 'research' } } }),
      object('kueue.x-k8s.io/v1beta1', 'Workload', 'job-train-1a', {
        metadata: { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'uid-Job-train', controller: true }] },
        spec: { queueName: 'research' },
        status: {
          conditions: [
            cond(
              'QuotaReserved',
              'False',
              'Pending',
              "couldn't assign flavors to pod set main: insufficient quota for nvidia.com/gpu in flavor a100, request > maximum capacity (8 > 4)",
              '3h',
            ),
          ],
        },
      }),
      object('kueue.x-k8s.io/v1beta1', 'LocalQueue', 'research', { spec: { clusterQueue: 'research-cq' } }),
      object('kueue.x-k8s.io/v1beta1', 'ClusterQueue', 'research-cq', {
        metadata: { namespace: undefined },
        spec: {
          resourceGroups: [
            { coveredResources: ['nvidia.com/gpu'], flavors: [{ name: 'a100', resources: [{ name: 'nvidia.com/gpu', nominalQuota: 4 }] }] },
          ],
        },
        status: { conditions: [cond('Active', 'True', 'Ready')] },
      }),
    ],
    'Job shop/train',
    says('Job did not start.'),
    /ClusterQueue research-cq: spec\.resourceGroups|Job shop\/train: spec\.(?:template|parallelism)/,
  ],
  [
    'a node problem with a name of its own',
    [
      deployment('web', podSpec(), [{ ...unready, node: 'n1' }]),
      node('n1', {
        conditions: [
          cond('Ready', 'True', 'KubeletReady'),
          cond('ClockSkew', 'True', 'ClockOutOfSync', 'clock is 412 s behind its time server'),
        ],
      }),
    ],
    'Node n1',
    says('Clock not synchronising.'),
    'Node n1: -',
  ],
  [
    'a namespace that was made strict while its pods ran',
    [
      deployment('web', podSpec({ securityContext: { runAsUser: 0 } }), [], { replicas: 2 }),
      event(
        rs(deployment('web', podSpec(), [], { replicas: 2 }))!,
        'FailedCreate',
        'Error creating: pods "web-r1-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)',
      ),
      ns('shop', {
        metadata: {
          labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
          ...edited({ 'f:metadata': { 'f:labels': { 'f:pod-security.kubernetes.io/enforce': {} } } }, ago('50m'), 'kubectl-label'),
        },
      }),
    ],
    T,
    says('No pods.'),
    /Namespace shop: metadata\.labels/,
  ],
  [
    'a CronJob whose runs find no room in the quota',
    [
      object('batch/v1', 'CronJob', 'db-backup', {
        spec: { schedule: '0 2 * * *', jobTemplate: { spec: { template: { spec: podSpec() } } } },
        status: { lastScheduleTime: ago('10h'), lastSuccessfulTime: ago('58h') },
      }),
      object('batch/v1', 'Job', 'db-backup-1', {
        metadata: {
          creationTimestamp: ago('10h'),
          ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'db-backup', uid: 'uid-CronJob-db-backup', controller: true }],
        },
        spec: { template: { spec: podSpec() } },
        status: {},
      }),
      event(
        object('batch/v1', 'Job', 'db-backup-1'),
        'FailedCreate',
        'Error creating: pods "db-backup-1-x" is forbidden: exceeded quota: compute, requested: requests.cpu=2, used: requests.cpu=9, limited: requests.cpu=10',
      ),
      object('v1', 'ResourceQuota', 'compute', {
        spec: { hard: { 'requests.cpu': '10' } },
        status: { used: { 'requests.cpu': '9' }, hard: { 'requests.cpu': '10' } },
      }),
    ],
    'Namespace shop',
    says('The last backup of the database is 58 hours old.'),
    /ResourceQuota shop\/compute: spec\.hard/,
  ],
  [
    'coredns that finds no node',
    [
      deployment('web', podSpec({ env: [{ name: 'API', value: 'http://api:80' }] }), [
        { ...running, log: 'ERROR Get "http://api:80/x": dial tcp: lookup api on 10.96.0.10:53: i/o timeout\n'.repeat(20) },
      ]),
      service('api', { app: 'api' }),
      deployment('api', podSpec(), [running]),
      inNs('kube-system', [
        ...deployment('coredns', podSpec({ resources: { requests: { cpu: '100m' } } }, { nodeSelector: { 'node-role': 'infra' } }), [
          unplaced("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."),
        ]),
        service('kube-dns', { app: 'coredns' }, [{ port: 53 }]),
      ]),
      node('n1'),
      ns('shop'),
      ns('kube-system'),
    ],
    T,
    says('Errors.'),
    /Deployment kube-system\/coredns: spec\.template\.spec\.nodeSelector/,
  ],
]

const fine: Case[] = [
  [
    'a test pod of a release that failed once',
    [
      web,
      pod(
        'web-test-connection',
        podSpec(),
        {
          phase: 'Failed',
          state: { terminated: ended(1) },
          log: "wget: can't connect to remote host (10.96.0.9): Connection refused",
          since: ago('3d'),
        },
        { annotations: { 'helm.sh/hook': 'test' } },
      ),
      node('n1'),
    ],
    T,
    says('Latency is high.'),
    /^no root cause/,
  ],
  [
    'what is left of somebody who looked into a node',
    [
      web,
      pod('node-debugger-n1-x7', podSpec(), {
        phase: 'Failed',
        state: { terminated: ended(130, 'Error', { finishedAt: ago('2h') }) },
        since: ago('2h'),
      }),
      node('n1'),
    ],
    'Namespace shop',
    says('Latency is high.'),
    /^no root cause/,
  ],
  [
    'a worker asleep, another that is asked about',
    [
      web,
      deployment('thumbs', podSpec(), [], { replicas: 0 }),
      service('thumbs', { app: 'thumbs' }),
      object('keda.sh/v1alpha1', 'ScaledObject', 'thumbs', {
        spec: { scaleTargetRef: { name: 'thumbs' }, minReplicaCount: 0 },
        status: { conditions: [cond('Ready', 'True', 'ScaledObjectReady'), cond('Active', 'False', 'ScalerNotActive')] },
      }),
      hpa(
        'thumbs',
        { scaleTargetRef: { kind: 'Deployment', name: 'thumbs' } },
        {
          currentReplicas: 0,
          conditions: [
            cond('ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero'),
          ],
        },
      ),
    ],
    T,
    says('Latency is high.'),
    'healthy',
  ],
  [
    'a node set aside and empty',
    [
      web,
      node('n1'),
      node('n2', { spec: { unschedulable: true }, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }),
      event(node('n2'), 'NodeNotSchedulable', 'Node n2 status is now: NodeNotSchedulable', { type: 'Normal' }),
    ],
    T,
    says('Latency is high.'),
    'healthy',
  ],
  [
    'a roll-out held on purpose, wholly up',
    [deployment('web', podSpec(), [running, running], { spec: { paused: true } })],
    T,
    says('Latency is high.'),
    'healthy',
  ],
  [
    'policies that only report',
    [web, event(web[0]!, 'PolicyViolation', 'policy require-owner/check fail: validation error: label owner is required', { count: 40 })],
    T,
    says('Latency is high.'),
    'healthy',
  ],
  [
    'scrapes of an Ingress warned of once in a while',
    [
      web,
      object('networking.k8s.io/v1', 'Ingress', 'web', { spec: { rules: [] } }),
      event(object('networking.k8s.io/v1', 'Ingress', 'web'), 'Sync', 'Scheduled for sync', { type: 'Normal', count: 90 }),
    ],
    T,
    says('Latency is high.'),
    'healthy',
  ],
  [
    'a certificate that is being renewed',
    [
      web,
      object('cert-manager.io/v1', 'Certificate', 'web', {
        spec: { secretName: 'web-tls' },
        status: {
          conditions: [
            cond('Ready', 'True', 'Ready'),
            cond('Issuing', 'True', 'Renewing', 'Renewing certificate as renewal was scheduled'),
          ],
        },
      }),
    ],
    'Namespace shop',
    says('Latency is high.'),
    'healthy',
  ],
  [
    'an autoscaler that has just been made',
    [
      web,
      hpa(
        'web',
        {},
        {
          conditions: [
            cond(
              'ScalingActive',
              'False',
              'FailedGetResourceMetric',
              'the HPA was unable to compute the replica count: failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)',
              '1m',
            ),
          ],
        },
      ),
    ],
    T,
    says('Latency is high.'),
    'healthy',
  ],
]

const gone = (name: string): any => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid: `gone-${name}` } })
const cronOwned = (cron: string) => ({
  ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron, uid: `uid-CronJob-${cron}`, controller: true }],
})
const needs = (cpu: string) => podSpec({ resources: { requests: { cpu } } })
const full = { taints: [], allocatable: { cpu: '4' } }

const taken: Case[] = [
  [
    'a batch of another team that took the room',
    [
      deployment('web', needs('1'), [
        running,
        unplaced(
          '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
        ),
      ]),
      inNs(
        'research',
        deployment(
          'sweep',
          needs('1'),
          Array.from({ length: 6 }, (_, i) => ({ ...running, since: ago('50m'), node: i % 2 ? 'n1' : 'n2' })),
        ).map((o) =>
          o.kind === 'Deployment'
            ? Object.assign(o, { metadata: { ...o.metadata, ...edited({ 'f:spec': { 'f:replicas': {} } }, ago('51m'), 'kubectl-scale') } })
            : o,
        ),
      ),
      node('n1', full),
      node('n2', full),
      ns('shop'),
      ns('research'),
    ],
    T,
    says('Replicas mismatch.'),
    'Deployment research/sweep: spec.replicas',
  ],
  [
    'a node that comes and goes',
    [web, node('n1'), event(node('n1'), 'NodeNotReady', 'Node n1 status is now: NodeNotReady', { type: 'Normal', count: 7 })],
    'Node n1',
    says('Node readiness is flapping.'),
    'Node n1: -',
  ],
  [
    'a node whose kernel kills programs',
    [web, node('n1'), event(node('n1'), 'SystemOOM', 'System OOM encountered, victim process: java, pid: 4711', { count: 5 })],
    'Node n1',
    says('Node memory.'),
    'Node n1: -',
  ],
  [
    'a Job whose pods were evicted by drains',
    [
      object('batch/v1', 'Job', 'train', {
        spec: { backoffLimit: 2, template: { spec: podSpec() } },
        status: { failed: 3, conditions: [cond('Failed', 'True', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')] },
      }),
      ...[0, 1, 2].map((i) =>
        pod(
          `train-${i}`,
          { restartPolicy: 'Never', ...podSpec() },
          {
            phase: 'Failed',
            state: { terminated: ended(143) },
            conditions: [cond('DisruptionTarget', 'True', 'EvictionByEvictionAPI', 'Eviction API: evicting')],
          },
          { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'uid-Job-train', controller: true }] },
        ),
      ),
    ],
    'Job shop/train',
    says('Job failed.'),
    /Job shop\/train: spec\.(?:backoffLimit|podFailurePolicy)/,
  ],
  [
    'a CronJob that replaces its runs',
    [
      object('batch/v1', 'CronJob', 'sync', {
        spec: { schedule: '*/10 * * * *', concurrencyPolicy: 'Replace', jobTemplate: { spec: { template: { spec: podSpec() } } } },
        status: { lastScheduleTime: ago('4m'), lastSuccessfulTime: ago('3d'), active: [{ name: 'sync-9' }] },
      }),
      object('batch/v1', 'Job', 'sync-9', {
        metadata: { creationTimestamp: ago('4m'), ...cronOwned('sync') },
        spec: { template: { spec: podSpec() } },
        status: { active: 1, startTime: ago('4m') },
      }),
      event(object('batch/v1', 'CronJob', 'sync'), 'SuccessfulDelete', 'Deleted job sync-8', { type: 'Normal', count: 1 }),
    ],
    'CronJob shop/sync',
    says('Last successful sync is too old.'),
    'CronJob shop/sync: spec.concurrencyPolicy',
  ],
  [
    'a CronJob that is always a little late',
    [
      object('batch/v1', 'CronJob', 'sync', {
        spec: { schedule: '*/10 * * * *', startingDeadlineSeconds: 5, jobTemplate: { spec: { template: { spec: podSpec() } } } },
        status: { lastScheduleTime: ago('2d') },
      }),
      event(object('batch/v1', 'CronJob', 'sync'), 'MissSchedule', 'Missed scheduled time to start a job: Fri, 01 May 2026 11:50:00 UTC', {
        count: 44,
      }),
    ],
    'CronJob shop/sync',
    says('Last successful sync is too old.'),
    'CronJob shop/sync: spec.startingDeadlineSeconds',
  ],
  [
    'a local volume of a node that was replaced',
    [
      deployment('web', podSpec({}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }), [
        unplaced('0/1 nodes are available: 1 node(s) had volume node affinity conflict.'),
      ]),
      object('v1', 'PersistentVolumeClaim', 'data', {
        spec: { volumeName: 'pv-1', accessModes: ['ReadWriteOnce'] },
        status: { phase: 'Bound' },
      }),
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'pv-1', uid: 'pv-1' },
        spec: {
          claimRef: { namespace: 'shop', name: 'data' },
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n-old'] }] }] },
          },
        },
        status: { phase: 'Bound' },
      },
      node('n1'),
    ],
    T,
    says('Pending.'),
    'PersistentVolume pv-1: spec.nodeAffinity',
  ],
  [
    'a node pool whose class finds no network',
    [
      deployment('web', needs('1'), [unplaced('0/1 nodes are available: 1 Insufficient cpu.')]),
      event(
        deployment('web', needs('1'), [unplaced('x')]).find((o) => o.kind === 'Pod')!,
        'FailedScheduling',
        'Failed to schedule pod, no nodepools are ready: NodePool "general" not ready',
      ),
      object('karpenter.sh/v1', 'NodePool', 'general', {
        metadata: { namespace: undefined },
        spec: { template: { spec: { nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' } } } },
        status: { conditions: [cond('Ready', 'False', 'NodeClassNotReady', 'NodeClassReady=False')] },
      }),
      object('karpenter.k8s.aws/v1', 'EC2NodeClass', 'default', {
        metadata: { namespace: undefined },
        spec: { subnetSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'prod-2' } }] },
        status: {
          conditions: [
            cond('SubnetsReady', 'False', 'SubnetsNotFound', 'SubnetSelector did not match any Subnets'),
            cond('Ready', 'False', 'SubnetsReady=False'),
          ],
        },
      }),
      node('n1', { allocatable: { cpu: '2' } }),
      pod('big', needs('1800m'), { ...running, node: 'n1' }),
    ],
    T,
    says('Pending.'),
    /EC2NodeClass default: spec\.subnetSelectorTerms/,
  ],
  [
    'a descheduler that is too eager',
    [
      deployment('web', podSpec(), [running, running]),
      ...['a', 'b', 'c', 'd'].map((x) =>
        event(gone(`web-r1-${x}`), 'Descheduled', 'pod evicted from n1 node by sigs.k8s.io/descheduler', {
          type: 'Normal',
          count: 1,
          reportingComponent: 'sigs.k8s.io/descheduler',
        }),
      ),
      inNs('kube-system', [
        object('batch/v1', 'CronJob', 'descheduler', {
          spec: {
            schedule: '*/5 * * * *',
            jobTemplate: {
              spec: {
                template: {
                  spec: {
                    containers: [
                      {
                        name: 'descheduler',
                        image: 'registry.k8s.io/descheduler/descheduler:v0.31.0',
                        args: ['--policy-config-file=/policy/policy.yaml'],
                      },
                    ],
                    volumes: [{ name: 'p', configMap: { name: 'descheduler-policy' } }],
                  },
                },
              },
            },
          },
        }),
        object('v1', 'ConfigMap', 'descheduler-policy', {
          data: { 'policy.yaml': 'profiles: [{pluginConfig: [{name: LowNodeUtilization}]}]' },
        }),
      ]),
      ns('shop'),
      ns('kube-system'),
      node('n1'),
    ],
    T,
    says('Connections are reset.'),
    /ConfigMap kube-system\/descheduler-policy: data\[policy\.yaml\]/,
  ],
]

describe('incidents of the cluster’s machinery far from the alert, and what only looks like one', () => {
  it.each([...later, ...taken, ...fine])('%s', async (_, objects, target, alert, expected) => {
    const found = await cause(objects.flat(3), target, alert)
    expect(found).toMatch(expected)
  })
})
