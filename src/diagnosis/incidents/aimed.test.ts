import { describe, expect, it } from 'vitest'
import { ago, cause, crashing, deployment, event, node, object, pod, podSpec, running, service, unplaced } from '../fixtures.ts'

/** What happened, the cluster, what the alert is about and says, and what a person has to change. */
type Case = [string, any[], string, { labels?: any; annotations?: any; startsAt?: string } | null, RegExp | string]

const custom = (apiVersion: string, kind: string, name: string, spec: any, metadata: any = {}, status?: any) =>
  object(apiVersion, kind, name, { metadata, spec, ...(status ? { status } : {}) })
const inNs = (namespace: string, objects: any[]) =>
  objects.flat().map((o: any) => {
    o.metadata.namespace = namespace
    return o
  })
const cluster = (apiVersion: string, kind: string, name: string, rest: any) => ({
  apiVersion,
  kind,
  ...rest,
  metadata: { name, uid: `uid-${name}`, creationTimestamp: ago('90d'), ...rest.metadata },
})
const S = (name: string, text: string, labels: any = {}) => ({ labels: { alertname: name, ...labels }, annotations: { description: text } })
const ns = (name: string, metadata: any = {}) => cluster('v1', 'Namespace', name, { metadata })
const bad = (name = 'web') => deployment(name, podSpec({ args: ['--prot=8080'] }), [crashing(2, 'flag provided but not defined: -prot')])
const CAUSE = /Deployment (?:\w+\/)?web: .*args/
const kept = (os: any[], labels: any, annotations: any = {}) =>
  os.map((o: any) => {
    if (o.kind === 'Deployment') o.metadata = { ...o.metadata, labels, annotations: { ...o.metadata.annotations, ...annotations } }
    return o
  })

const aimed: Case[] = [
  [
    'argo app degraded',
    [
      inNs('argocd', [
        custom(
          'argoproj.io/v1alpha1',
          'Application',
          'shop',
          { destination: { namespace: 'shop' }, syncPolicy: { automated: {} } },
          {},
          {
            sync: { status: 'Synced' },
            health: { status: 'Degraded' },
            resources: [
              { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web', health: { status: 'Degraded' } },
            ],
          },
        ),
      ]),
      bad(),
      ns('argocd'),
      ns('shop'),
    ],
    'Namespace argocd',
    S('ArgoCDAppDegraded', 'Application shop is degraded', { name: 'shop', dest_namespace: 'shop' }),
    CAUSE,
  ],
  [
    'flux health check',
    [
      inNs('flux-system', [
        custom(
          'kustomize.toolkit.fluxcd.io/v1',
          'Kustomization',
          'apps',
          { path: './apps' },
          {},
          {
            conditions: [
              {
                type: 'Ready',
                status: 'False',
                reason: 'HealthCheckFailed',
                message: "health check failed after 5m0s: timeout waiting for: [Deployment/shop/web status: 'InProgress']",
              },
            ],
          },
        ),
      ]),
      bad(),
      ns('flux-system'),
      ns('shop'),
    ],
    'Namespace flux-system',
    S('FluxReconciliationFailure', 'Kustomization apps fails', { name: 'apps', kind: 'Kustomization' }),
    CAUSE,
  ],
  [
    'helm release timeout, by annotation',
    [
      custom(
        'helm.toolkit.fluxcd.io/v2',
        'HelmRelease',
        'web',
        { chart: {} },
        {},
        {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'UpgradeFailed',
              message: 'Helm upgrade failed for release shop/web with chart web@1.2.0: context deadline exceeded',
            },
          ],
        },
      ),
      kept(bad(), {}, { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' }),
    ],
    'Namespace shop',
    S('FluxReconciliationFailure', 'HelmRelease fails', { name: 'web', kind: 'HelmRelease' }),
    CAUSE,
  ],
  [
    'crossplane nested',
    [
      custom(
        'acme.example/v1',
        'PostgresClaim',
        'orders',
        { resourceRef: { kind: 'XPostgres', name: 'orders-x' }, parameters: { version: '13.2' } },
        {},
        {
          conditions: [
            { type: 'Synced', status: 'True' },
            { type: 'Ready', status: 'False', reason: 'Waiting', message: 'Claim is waiting for composite resource to become Ready' },
          ],
        },
      ),
      cluster('acme.example/v1', 'XPostgres', 'orders-x', {
        spec: {
          claimRef: { kind: 'PostgresClaim', name: 'orders', namespace: 'shop' },
          resourceRefs: [{ kind: 'Instance', name: 'orders-rds' }],
          parameters: { version: '13.2' },
        },
        status: {
          conditions: [
            { type: 'Synced', status: 'True' },
            { type: 'Ready', status: 'False', reason: 'Creating' },
          ],
        },
      }),
      cluster('rds.aws.upbound.io/v1beta1', 'Instance', 'orders-rds', {
        metadata: {
          ownerReferences: [{ apiVersion: 'acme.example/v1', kind: 'XPostgres', name: 'orders-x', uid: 'uid-orders-x', controller: true }],
        },
        spec: { forProvider: { engineVersion: '13.2' } },
        status: {
          conditions: [
            {
              type: 'Synced',
              status: 'False',
              reason: 'ReconcileError',
              message: 'create failed: async create failed: InvalidParameterCombination: Cannot find version 13.2 for postgres',
            },
            { type: 'Ready', status: 'False', reason: 'Creating' },
          ],
        },
      }),
    ],
    'Namespace shop',
    S('ClaimNotReady', 'not ready for an hour', { name: 'orders' }),
    /PostgresClaim shop.orders: spec.parameters.version/,
  ],
  [
    'nodepool at its limit',
    [
      ns('karpenter'),
      cluster('karpenter.sh/v1', 'NodePool', 'general', {
        spec: { limits: { cpu: '100', memory: '400Gi' } },
        status: { resources: { cpu: '98', memory: '200Gi' }, conditions: [{ type: 'Ready', status: 'True' }] },
      }),
    ],
    'Namespace karpenter',
    S('KarpenterNodePoolUsageTooHigh', 'NodePool uses more than 95 % of its limit', { nodepool: 'general', resource_type: 'cpu' }),
    /NodePool general: spec.limits/,
  ],
  [
    'cpu throttling',
    [deployment('web', podSpec({ resources: { limits: { cpu: '100m' }, requests: { cpu: '50m' } } }), [running])],
    'Pod shop/web-r1-0',
    S('CPUThrottlingHigh', '87% throttling of CPU in namespace shop for container app in pod web-r1-0', { container: 'app' }),
    /Deployment shop.web: .*resources.limits.cpu/,
  ],
  [
    'hpa replicas mismatch by quota',
    [
      deployment('web', podSpec(), [running, running], { replicas: 4 }),
      object('v1', 'ResourceQuota', 'q', { spec: { hard: { pods: '2' } }, status: { hard: { pods: '2' }, used: { pods: '2' } } }),
      event(
        object('apps/v1', 'ReplicaSet', 'web-r1'),
        'FailedCreate',
        'Error creating: pods "web-x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
        { type: 'Warning', count: 20 },
      ),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 9 },
        status: { desiredReplicas: 4, currentReplicas: 2 },
      }),
    ],
    'HorizontalPodAutoscaler shop/web',
    S('KubeHpaReplicasMismatch', 'HPA has not matched the desired number'),
    'ResourceQuota shop/q: spec.hard.pods',
  ],
  [
    'aggregated api down',
    [
      ns('default'),
      cluster('apiregistration.k8s.io/v1', 'APIService', 'v1beta1.metrics.k8s.io', {
        spec: { group: 'metrics.k8s.io', service: { namespace: 'shop', name: 'metrics' } },
        status: {
          conditions: [
            {
              type: 'Available',
              status: 'False',
              reason: 'MissingEndpoints',
              message: 'endpoints for service/metrics in "shop" have no addresses',
            },
          ],
        },
      }),
      service('metrics', { app: 'web' }),
      bad(),
    ],
    'Namespace default',
    S('KubeAggregatedAPIDown', 'Kubernetes aggregated API v1beta1.metrics.k8s.io/default has been only 0% available', {
      name: 'v1beta1.metrics.k8s.io',
    }),
    CAUSE,
  ],
  [
    'pdb not enough healthy',
    [
      bad(),
      object('policy/v1', 'PodDisruptionBudget', 'web-pdb', {
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
        status: { currentHealthy: 0, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1 },
      }),
    ],
    'PodDisruptionBudget shop/web-pdb',
    S('KubePdbNotEnoughHealthyPods', 'PDB web-pdb has not enough healthy pods'),
    CAUSE,
  ],
  [
    'istio labels',
    [bad(), service('web', { app: 'web' }), ns('shop'), ns('istio-system')],
    'Namespace istio-system',
    S('IstioHigh5xx', 'high rate of 5xx', {
      destination_workload: 'web',
      destination_workload_namespace: 'shop',
      destination_service: 'web.shop.svc.cluster.local',
    }),
    CAUSE,
  ],
  [
    'traefik service label',
    [bad(), service('web', { app: 'web' }, [{ port: 80 }]), ns('traefik'), inNs('traefik', deployment('traefik', podSpec(), [running]))],
    'Service traefik/shop-web-80@kubernetes',
    S('TraefikServiceErrors', 'many 5xx of shop-web-80@kubernetes', { exported_service: 'shop-web-80@kubernetes' }),
    CAUSE,
  ],
  [
    'envoy cluster name',
    [bad(), service('web', { app: 'web' }, [{ port: 80 }]), ns('gateway'), ns('shop')],
    'Namespace gateway',
    S('EnvoyClusterDown', 'no healthy upstream', { envoy_cluster_name: 'outbound|80||web.shop.svc.cluster.local' }),
    CAUSE,
  ],
  [
    'cnpg pod of custom owner pending claim',
    [
      custom(
        'postgresql.cnpg.io/v1',
        'Cluster',
        'orders',
        { instances: 2, storage: { size: '10Gi', storageClass: 'fast-nvme' } },
        {},
        {
          phase: 'Creating a new replica',
          conditions: [{ type: 'Ready', status: 'False', reason: 'ClusterIsNotReady', message: 'Cluster Is Not Ready' }],
        },
      ),
      pod(
        'orders-2',
        podSpec({}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'orders-2' } }] }),
        unplaced('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
        {
          labels: { 'cnpg.io/cluster': 'orders' },
          ownerReferences: [
            { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', name: 'orders', uid: 'uid-Cluster-orders', controller: true },
          ],
        },
      ),
      object('v1', 'PersistentVolumeClaim', 'orders-2', {
        metadata: {
          ownerReferences: [
            { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', name: 'orders', uid: 'uid-Cluster-orders', controller: true },
          ],
        },
        spec: { storageClassName: 'fast-nvme', resources: { requests: { storage: '10Gi' } } },
        status: { phase: 'Pending' },
      }),
      event(object('v1', 'PersistentVolumeClaim', 'orders-2'), 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast-nvme" not found', {
        type: 'Warning',
        count: 30,
      }),
      node('n1'),
    ],
    'Pod shop/orders-2',
    S('KubePodNotReady', 'pod not ready'),
    /Cluster shop.orders: spec.storage.storageClass/,
  ],
]

describe.each([['alerts that stand elsewhere', aimed]] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
