import { describe, expect, it } from 'vitest'
import { ago, cause, deployment, object, podSpec, running } from '../fixtures.ts'

/** What happened, the cluster, what the alert is about and says, and what a person has to change. */
type Case = [string, any[], string, { labels?: any; annotations?: any; startsAt?: string } | null, RegExp | string]

const T = 'Deployment shop/web'
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
const rights = [
  cluster('rbac.authorization.k8s.io/v1', 'ClusterRole', 'op', {
    rules: [{ apiGroups: ['acme.io'], resources: ['buckets', 'buckets/status', 'buckets/finalizers'], verbs: ['update'] }],
  }),
  cluster('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'op', {
    roleRef: { kind: 'ClusterRole', name: 'op' },
    subjects: [{ kind: 'ServiceAccount', name: 'op', namespace: 'ops' }],
  }),
]
const dying = () =>
  custom(
    'acme.io/v1',
    'Bucket',
    'media',
    { name: 'acme-media', deletionPolicy: 'Delete' },
    { deletionTimestamp: ago('3h'), finalizers: ['acme.io/cleanup'] },
    { conditions: [{ type: 'Ready', status: 'True' }] },
  )

const stuck: Case[] = [
  [
    'CR stuck deleting, operator at zero',
    [dying(), ...rights, inNs('ops', deployment('op', podSpec({}, { serviceAccountName: 'op' }), [], { replicas: 0 })), ns('shop')],
    'Namespace shop',
    S('BucketStuckDeleting', 'media has been deleting for 3 hours', { bucket: 'media' }),
    'Deployment ops/op: spec.replicas',
  ],
  [
    'CR stuck deleting, operator says why',
    [
      dying(),
      ...rights,
      inNs(
        'ops',
        deployment('op', podSpec({}, { serviceAccountName: 'op' }), [
          rep(
            'ERROR reconcile failed {"bucket":"media","error":"deleting acme-media: BucketNotEmpty: The bucket you tried to delete is not empty"}',
          ),
        ]),
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('BucketStuckDeleting', 'media has been deleting for 3 hours', { bucket: 'media' }),
    /Bucket shop.media: (spec|metadata.finalizers)/,
  ],
  [
    'gauge: replicas of CR at odds with HPA rival keda',
    [
      deployment('web', podSpec(), [running, running]),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 9 },
        status: { currentReplicas: 2, conditions: [{ type: 'ScalingActive', status: 'True' }] },
      }),
      custom(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'web',
        { scaleTargetRef: { name: 'web' }, minReplicaCount: 6 },
        {},
        {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'ScaledObjectCheckFailed',
              message: "the workload 'web' of type 'apps/v1.Deployment' is already managed by the hpa 'web'",
            },
          ],
        },
      ),
    ],
    T,
    S('WebSaturated', 'cpu saturated'),
    /ScaledObject shop.web|HorizontalPodAutoscaler shop.web/,
  ],
  [
    'argo project window denies sync',
    [
      custom(
        'argoproj.io/v1alpha1',
        'Application',
        'shop-web',
        { project: 'prod', syncPolicy: { automated: {} }, destination: { namespace: 'shop' } },
        {},
        { sync: { status: 'OutOfSync' }, health: { status: 'Healthy' } },
      ),
      custom('argoproj.io/v1alpha1', 'AppProject', 'prod', {
        syncWindows: [{ kind: 'deny', schedule: '0 0 * * *', duration: '24h', applications: ['*'] }],
      }),
      ns('shop'),
    ],
    'Namespace shop',
    S('ArgoCDOutOfSync', 'shop-web is out of sync for a day', { name: 'shop-web' }),
    /AppProject shop.prod: spec.syncWindows/,
  ],
  [
    'prometheus agent shards etc: statefulset kept by unwell CR',
    [
      custom(
        'acme.io/v1',
        'Search',
        'logs',
        { version: '8.99.0', nodes: 3 },
        {},
        {
          phase: 'ApplyingChanges',
          health: 'yellow',
          conditions: [
            { type: 'RunningDesiredVersion', status: 'False', message: 'Deployed version 8.15.0, desired 8.99.0' },
            { type: 'ReconciliationComplete', status: 'False', message: 'image docker.acme/search:8.99.0 not found' },
          ],
        },
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('SearchUpgradeStuck', 'logs is not upgraded', { cluster: 'logs' }),
    /Search shop.logs: spec.version/,
  ],
  [
    'istio gateway-ish condition type unknown true-bad',
    [
      custom(
        'acme.io/v1',
        'Replica',
        'eu',
        { source: 'us-primary', lagLimit: '30s' },
        {},
        {
          conditions: [
            { type: 'Lagging', status: 'True', reason: 'SourceUnreachable', message: 'cannot reach us-primary: dial tcp: i/o timeout' },
          ],
        },
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('ReplicaLag', 'eu lags', { replica: 'eu-1' }),
    /Replica shop.eu: spec.source/,
  ],
  [
    'message in status.reason only',
    [
      custom(
        'acme.io/v1',
        'Replica',
        'eu-west',
        { source: 'us-primary' },
        {},
        { ready: false, reason: 'failed to resolve source us-primary' },
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('ReplicaDown', 'eu-west is down'),
    /Replica shop.eu-west: spec.source/,
  ],
]

describe.each([['custom resources that are stuck', stuck]] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
