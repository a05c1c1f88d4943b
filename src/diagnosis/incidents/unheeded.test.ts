import { describe, expect, it } from 'vitest'
import { ago, cause, deployment, edited, event, job, node, object, podSpec, running, unplaced } from '../fixtures.ts'

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
const cluster = (apiVersion: string, kind: string, name: string, rest: any) => ({
  apiVersion,
  kind,
  ...rest,
  metadata: { name, uid: `uid-${name}`, creationTimestamp: ago('90d'), ...rest.metadata },
})
const S = (name: string, text: string, labels: any = {}) => ({ labels: { alertname: name, ...labels }, annotations: { description: text } })
const ns = (name: string, metadata: any = {}) => cluster('v1', 'Namespace', name, { metadata })
const full = unplaced('0/2 nodes are available: 2 Insufficient memory.')
const ds = (name: string, spec: any, desired: number, metadata: any = {}) =>
  object('apps/v1', 'DaemonSet', name, {
    metadata,
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec } },
    status: { desiredNumberScheduled: desired, currentNumberScheduled: desired, numberReady: desired },
  })

const unheeded: Case[] = [
  [
    'hostnetwork agent scaled off by nodeSelector patch, logs alert in other ns',
    [
      ns('logging'),
      inNs('logging', [
        ds(
          'fluent-bit',
          podSpec({}, { nodeSelector: { 'logging/off': 'true' } }),
          0,
          edited({ 'f:spec': { 'f:template': { 'f:spec': { 'f:nodeSelector': {} } } } }, ago('2h'), 'kubectl-patch'),
        ),
      ]),
      node('n1'),
    ],
    'Namespace logging',
    S('LogsMissing', 'no log lines have come in for 30 minutes'),
    /DaemonSet logging.fluent-bit: .*nodeSelector/,
  ],
  [
    'node not labelled for agent',
    [
      ds('agent', podSpec({}, { nodeSelector: { role: 'worker' } }), 2),
      node('n1', { labels: { role: 'worker' } }),
      node('n2', { labels: { role: 'worker' } }),
      node('n3'),
    ],
    'Node n3',
    S('NodeLogsMissing', 'Node n3 sends no logs'),
    /DaemonSet shop.agent: .*nodeSelector|Node n3: metadata.labels/,
  ],
  [
    'memory request raised on own rollout',
    [
      deployment('web', podSpec({ resources: { requests: { memory: '6Gi' } } }), [running, full], {
        before: podSpec({ resources: { requests: { memory: '1Gi' } } }),
        changed: ago('20m'),
      }),
      node('n1'),
    ],
    T,
    S('KubePodNotReady', 'x'),
    /Deployment shop.web: .*requests.memory/,
  ],
  [
    'rollout surge with pdb and full nodes: maxUnavailable 0',
    [
      deployment('web', podSpec({ resources: { requests: { memory: '3Gi' } } }), [full], {
        before: podSpec({ image: 'a:0', resources: { requests: { memory: '3Gi' } } }),
        changed: ago('20m'),
        oldPods: [
          { ...running, node: 'n1' },
          { ...running, node: 'n2' },
        ] as any,
        spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
      }),
      node('n1', { allocatable: { memory: '4Gi' } }),
      node('n2', { allocatable: { memory: '4Gi' } }),
    ],
    T,
    S('KubeDeploymentRolloutStuck', 'x'),
    /Deployment shop.web: (spec.strategy|.*requests.memory)/,
  ],
  [
    'anti-affinity with as many replicas as nodes, rollout stuck',
    [
      deployment(
        'web',
        podSpec(
          {},
          {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
                ],
              },
            },
          },
        ),
        [unplaced("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.")],
        {
          before: podSpec({ image: 'a:0' }),
          changed: ago('20m'),
          oldPods: [
            { ...running, node: 'n1' },
            { ...running, node: 'n2' },
          ] as any,
          spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
        },
      ),
      node('n1'),
      node('n2'),
    ],
    T,
    S('KubeDeploymentRolloutStuck', 'x'),
    /Deployment shop.web: (spec.strategy|.*podAntiAffinity)/,
  ],
  [
    'gatekeeper constraint',
    [
      object('apps/v1', 'ReplicaSet', 'web-r1', {
        metadata: {
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-Deployment-web', controller: true }],
          annotations: { 'deployment.kubernetes.io/revision': '1' },
        },
        spec: { replicas: 1, template: { spec: podSpec() } },
        status: { replicas: 0 },
      }),
      ...deployment('web', podSpec(), [], { replicas: 1 }).filter((o: any) => o.kind === 'Deployment'),
      event(
        object('apps/v1', 'ReplicaSet', 'web-r1'),
        'FailedCreate',
        'Error creating: admission webhook "validation.gatekeeper.sh" denied the request: [must-have-owner] you must provide labels: {"owner"}',
        { type: 'Warning', count: 12 },
      ),
      cluster('constraints.gatekeeper.sh/v1beta1', 'K8sRequiredLabels', 'must-have-owner', {
        spec: { match: { kinds: [{ kinds: ['Pod'] }] }, parameters: { labels: ['owner'] } },
      }),
    ],
    T,
    S('KubeDeploymentReplicasMismatch', 'x'),
    /Deployment shop.web: spec.template.metadata.labels|K8sRequiredLabels must-have-owner/,
  ],
  [
    'job parallelism too big for quota',
    [
      ...job('render', podSpec({ resources: { requests: { cpu: '1' } } }), [running, running], { spec: { parallelism: 10 } } as any),
      object('v1', 'ResourceQuota', 'q', {
        spec: { hard: { 'requests.cpu': '2' } },
        status: { hard: { 'requests.cpu': '2' }, used: { 'requests.cpu': '2' } },
      }),
      event(
        object('batch/v1', 'Job', 'render'),
        'FailedCreate',
        'Error creating: pods "render-x" is forbidden: exceeded quota: q, requested: requests.cpu=1, used: requests.cpu=2, limited: requests.cpu=2',
        { type: 'Warning', count: 30 },
      ),
    ],
    'Job shop/render',
    S('KubeJobNotCompleted', 'x'),
    /ResourceQuota shop.q: spec.hard|Job shop.render: spec.parallelism/,
  ],
  [
    'leader election lost operator',
    [
      custom(
        'kafka.strimzi.io/v1beta2',
        'Kafka',
        'events',
        { kafka: { replicas: 3 } },
        { generation: 7, managedFields: [{ manager: 'kubectl', operation: 'Update', time: ago('2h'), fieldsV1: { 'f:spec': {} } }] },
        { observedGeneration: 6, conditions: [{ type: 'Ready', status: 'True' }] },
      ),
      inNs(
        'ops',
        deployment('strimzi', podSpec(env(['STRIMZI_NAMESPACE', 'kafka,logs']), { serviceAccountName: 'strimzi' }), [
          rep('INFO watching namespaces kafka,logs'),
        ]),
      ),
      cluster('rbac.authorization.k8s.io/v1', 'ClusterRole', 's', {
        rules: [{ apiGroups: ['kafka.strimzi.io'], resources: ['kafkas', 'kafkas/status'], verbs: ['update'] }],
      }),
      cluster('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 's', {
        roleRef: { kind: 'ClusterRole', name: 's' },
        subjects: [{ kind: 'ServiceAccount', name: 'strimzi', namespace: 'ops' }],
      }),
      ns('shop'),
    ],
    'Namespace shop',
    S('KafkaNotReconciled', 'the change of events was not rolled out', { cluster: 'events' }),
    /Deployment ops.strimzi: .*env\[name=STRIMZI_NAMESPACE\]/,
  ],
  [
    'wrong class of custom: operator ignores (class label)',
    [
      custom('acme.io/v1', 'Database', 'orders', { className: 'gold', size: '10Gi' }, { creationTimestamp: ago('3h') }, undefined),
      inNs('ops', deployment('dbop', podSpec({ args: ['--class=silver'] }, { serviceAccountName: 'dbop' }), [running])),
      cluster('rbac.authorization.k8s.io/v1', 'ClusterRole', 's', {
        rules: [{ apiGroups: ['acme.io'], resources: ['databases', 'databases/status'], verbs: ['update'] }],
      }),
      cluster('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 's', {
        roleRef: { kind: 'ClusterRole', name: 's' },
        subjects: [{ kind: 'ServiceAccount', name: 'dbop', namespace: 'ops' }],
      }),
      ns('shop'),
    ],
    'Namespace shop',
    S('DatabaseNotProvisioned', 'orders waits since 3 hours', { database: 'orders' }),
    /Database shop.orders|Deployment ops.dbop: .*args/,
  ],
]

describe.each([['nobody takes note', unheeded]] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
