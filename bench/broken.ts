import type { KubeObject } from '#cluster'
import {
  ago,
  configMap,
  crashing,
  deployment,
  event,
  object,
  podSpec,
  running,
  service,
  unplaced,
  unready,
  waiting,
} from '../src/diagnosis/fixtures.ts'

/** Ten workloads of namespace `shop`, each broken in its own way, and the logs that tell. */
export function brokenWorkloads(): { objects: KubeObject[]; logs: ReadonlyMap<string, string> } {
  const of = (objects: readonly KubeObject[], kind: string): KubeObject => objects.find((one) => one.kind === kind)!
  const tag = deployment('catalog', podSpec({ image: 'registry.example/catalog:9.9.9' }), [
    waiting('ImagePullBackOff', 'Back-off pulling image "registry.example/catalog:9.9.9"'),
  ])
  const missing = deployment('search', podSpec({ envFrom: [{ configMapRef: { name: 'search-settings' } }] }), [
    waiting('CreateContainerConfigError', 'configmap "search-settings" not found'),
  ])
  const flag = deployment('gateway', podSpec({ args: ['--prot=8080'] }), [crashing(2, 'unknown flag: --prot')])
  const memory = deployment('reports', podSpec({ resources: { limits: { memory: '64Mi' } } }), [crashing(137, '', 'OOMKilled')])
  const huge = deployment('training', podSpec({ resources: { requests: { cpu: '64' } } }), [
    unplaced('0/100 nodes are available: 100 Insufficient cpu.'),
  ])
  const refused = deployment('batch', podSpec(), [], { replicas: 3 })
  const idle = deployment('payments', podSpec({ ports: [{ name: 'http', containerPort: 8080 }] }), [running])
  const probe = deployment(
    'storefront',
    podSpec({ ports: [{ name: 'http', containerPort: 8080 }], readinessProbe: { httpGet: { path: '/', port: 8081 } } }),
    [unready],
  )
  const stuck = deployment('reviews', podSpec({}, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'reviews' } }] }), [
    unplaced('0/100 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
  ])
  const claim = object('v1', 'PersistentVolumeClaim', 'reviews', {
    spec: { storageClassName: 'fats', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    status: { phase: 'Pending' },
  })
  const account = deployment('invoices', podSpec({}, { serviceAccountName: 'invoicer' }), [], { replicas: 1 })
  const quota = object('v1', 'ResourceQuota', 'compute', {
    spec: { hard: { 'limits.memory': '8Gi' } },
    status: { hard: { 'limits.memory': '8Gi' }, used: { 'limits.memory': '8Gi' } },
  })
  const firstPod = (objects: readonly KubeObject[]): KubeObject => of(objects, 'Pod')
  return {
    objects: [
      ...[tag, missing, flag, memory, huge, refused, idle, probe, stuck, account].flat(),
      service('payments', { app: 'payment' }),
      configMap('search', { level: 'info' }),
      claim,
      quota,
      object('v1', 'ServiceAccount', 'default'),
      {
        ...object('storage.k8s.io/v1', 'StorageClass', 'fast'),
        metadata: { name: 'fast', creationTimestamp: ago('90d') },
        provisioner: 'csi.example',
      },
      event(
        firstPod(tag),
        'Failed',
        'Failed to pull image "registry.example/catalog:9.9.9": manifest for registry.example/catalog:9.9.9 not found',
        { container: 'app' },
      ),
      event(firstPod(huge), 'FailedScheduling', '0/100 nodes are available: 100 Insufficient cpu.'),
      event(firstPod(stuck), 'FailedScheduling', '0/100 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
      event(firstPod(probe), 'Unhealthy', 'Readiness probe failed: dial tcp 10.0.0.7:8081: connect: connection refused', {
        container: 'app',
      }),
      event(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fats" not found'),
      event(
        of(refused, 'ReplicaSet'),
        'FailedCreate',
        'Error creating: pods "batch-r1-x" is forbidden: exceeded quota: compute, requested: limits.memory=1Gi, used: limits.memory=8Gi, limited: limits.memory=8Gi',
      ),
      event(
        of(account, 'ReplicaSet'),
        'FailedCreate',
        'Error creating: pods "invoices-r1-" is forbidden: error looking up service account shop/invoicer: serviceaccount "invoicer" not found',
      ),
    ],
    logs: new Map([['shop/gateway-r1-0/app-previous', 'unknown flag: --prot\n']]),
  }
}
