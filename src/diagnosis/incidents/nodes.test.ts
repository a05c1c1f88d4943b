import { expect, it } from 'vitest'
import { ago, cause, event, node, object, pod, podSpec, running, service, crashing, ended } from '../fixtures.ts'
import {
  rep,
  urep,
  env,
  dep,
  says,
  inside,
  oom,
  ingress,
  daemon,
  stateful,
  sys,
  editedMap,
  custom,
  cond,
  T,
  exactly,
  type Case,
} from './worlds.ts'

/** Trouble of nodes, of the control plane and of storage; and what only looks like trouble. */

const nodeIs = (name: string, type: string, status: string, reason: string, message: string, more: any = {}) =>
  node(name, {
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: ago('90d') },
      { type, status, reason, message, lastTransitionTime: ago('30m') },
    ],
    ...more,
  })
const cases: Case[] = [
  // healthy
  [
    'a drain that is over',
    [
      node('n1'),
      node('n2'),
      dep('web', {}, running),
      event(node('n1'), 'NodeNotSchedulable', 'Node n1 status is now: NodeNotSchedulable', { type: 'Normal', lastTimestamp: ago('50m') }),
      event(node('n1'), 'NodeSchedulable', 'Node n1 status is now: NodeSchedulable', { type: 'Normal' }),
    ],
    T,
    says('Pod shop/web has been in a non-ready state for longer than 15 minutes'),
    'healthy',
  ],
  [
    'certificate was renewed',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress(
        'web',
        'www.shop.example',
        'web',
        {},
        { ingressClassName: undefined, tls: [{ hosts: ['www.shop.example'], secretName: 'web-tls' }] },
      ),
      object('v1', 'Secret', 'web-tls'),
      custom(
        'cert-manager.io/v1',
        'Certificate',
        'web-tls',
        { secretName: 'web-tls', dnsNames: ['www.shop.example'], issuerRef: { name: 'le', kind: 'ClusterIssuer' } },
        {
          conditions: [cond('Ready', 'True', 'Ready', 'Certificate is up to date and has not expired')],
          notAfter: '2026-07-30T12:00:00Z',
          renewalTime: '2026-06-30T12:00:00Z',
        },
      ),
    ],
    'Ingress shop/web',
    says('Certificate expires in less than 7 days', {}, 'CertificateExpiringSoon'),
    'healthy',
  ],
  [
    'canary waits for a person',
    [
      dep('web'),
      custom(
        'argoproj.io/v1alpha1',
        'Rollout',
        'web',
        { strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } } },
        {
          phase: 'Paused',
          message: 'CanaryPauseStep',
          currentStepIndex: 1,
          conditions: [
            { type: 'Progressing', status: 'Unknown', reason: 'RolloutPaused', message: 'Rollout is paused' },
            cond('Available', 'True', 'AvailableReason', 'ok'),
          ],
        },
      ),
    ],
    'Namespace shop',
    says('Rollout shop/web has been paused for 30 minutes', {}, 'RolloutPaused'),
    'healthy',
  ],
  [
    'noise of etcd',
    [
      ...sys(
        pod(
          'etcd-n1',
          podSpec({ name: 'etcd' }),
          {
            ...running,
            log: Array.from({ length: 60 }, (_, i) =>
              i % 20
                ? '{"level":"info","msg":"finished scheduled compaction"}'
                : '{"level":"warn","msg":"apply request took too long","took":"120ms","expected-duration":"100ms"}',
            ).join('\n'),
          },
          { labels: { component: 'etcd' } },
        ),
      ),
      node('n1'),
    ],
    'Node n1',
    says('etcd fsync is slow'),
    'healthy',
  ],
  [
    'kafka rebalances',
    [
      dep(
        'web',
        {},
        {
          ...running,
          log: Array.from({ length: 60 }, (_, i) =>
            i % 15
              ? 'INFO processed 100 records'
              : 'WARN [Consumer clientId=c, groupId=g] Offset commit failed on partition a-0 at offset 12: The coordinator is not aware of this member.',
          ).join('\n'),
        },
      ),
    ],
    T,
    says('consumer lag grew'),
    'healthy',
  ],
  [
    'a leader election long ago',
    [
      dep(
        'web',
        {},
        {
          ...running,
          restarts: 1,
          last: ended(1, 'Error', { finishedAt: ago('9h'), startedAt: ago('20h') }),
          previous: 'E leaderelection.go: failed to renew lease\nF leader election lost',
        },
      ),
    ],
    T,
    says('restarted'),
    'healthy',
  ],
  [
    'watchdog',
    [dep('web')],
    'Namespace monitoring',
    says('This is an alert meant to ensure that the entire alerting pipeline is functional.', {}, 'Watchdog'),
    /healthy|no root cause/,
  ],
  [
    'postgres failed over',
    [
      dep('web', env(['DB', 'postgres://pg-rw:5432/db']), {
        ...running,
        log:
          'ERROR: FATAL: the database system is shutting down\nERROR: connection refused pg-rw:5432\n' +
          Array.from({ length: 40 }, () => 'INFO handled request 200').join('\n'),
      }),
      service('pg-rw', { role: 'primary' }, [{ port: 5432 }]),
      ...stateful('pg', podSpec({}), [rep('LOG:  checkpoint complete'), rep('LOG: restored; started streaming WAL from primary')]),
    ],
    T,
    says('error rate'),
    'healthy',
  ],
  [
    'a scheduled scale down',
    [
      dep('web', {}, [], { replicas: 0, spec: { replicas: 0 } }),
      object('batch/v1', 'CronJob', 'web-sleeps', {
        spec: {
          schedule: '0 11 * * *',
          jobTemplate: {
            spec: { template: { spec: podSpec({ image: 'kubectl', command: ['kubectl', 'scale', 'deployment', 'web', '--replicas=0'] }) } },
          },
        },
      }),
    ],
    'Namespace shop',
    says('Endpoints absent', {}, 'Whatever'),
    /healthy|Deployment shop\/web: spec.replicas/,
  ],
  // nodes
  [
    'npd: conntrack full said by kernel',
    [
      nodeIs('n1', 'ConntrackFull', 'True', 'ConntrackTableFull', 'nf_conntrack: table full, dropping packet'),
      dep('web', env(['API', 'http://api']), rep('dial tcp 10.96.0.9:80: i/o timeout')),
      service('api', { app: 'api' }),
      dep('api'),
    ],
    T,
    says('errors'),
    /Node n1/,
  ],
  [
    'npd event of kernel only',
    [
      node('n1'),
      event(node('n1'), 'OOMKilling', 'Memory cgroup out of memory: Killed process 1234 (java)', {
        source: { component: 'kernel-monitor' },
      }),
      dep('web', { resources: { limits: { memory: '64Mi' } } }, oom),
    ],
    'Node n1',
    says('node OOM kills'),
    /Deployment shop\/web: .*limits.memory/,
  ],
  [
    'disk hangs',
    [
      node('n1'),
      event(node('n1'), 'TaskHung', 'INFO: task jbd2/nvme1n1-8:812 blocked for more than 120 seconds.', {
        source: { component: 'kernel-monitor' },
      }),
      ...stateful('pg', podSpec({}), [urep('LOG:  could not fsync file: Input/output error')]),
    ],
    'StatefulSet shop/pg',
    says('not ready'),
    /Node n1|StatefulSet shop\/pg/,
  ],
  [
    'kubelet config bad: node label missing after upgrade',
    [
      node('n1', {
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'KubeletNotReady',
            message:
              'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
            lastTransitionTime: ago('30m'),
          },
        ],
      }),
      ...sys(
        daemon(
          'cilium',
          podSpec(
            { name: 'cilium-agent', args: ['--config-dir=/tmp/cilium'], volumeMounts: [{ name: 'c', mountPath: '/tmp/cilium' }] },
            {
              hostNetwork: true,
              volumes: [
                { name: 'c', configMap: { name: 'cilium-config' } },
                { name: 'cni', hostPath: { path: '/opt/cni/bin' } },
              ],
            },
          ),
          [['n1', crashing(1, 'level=fatal msg="Invalid routing mode \\"nativ\\", valid modes = {native, tunnel}" subsys=daemon')]],
        ),
      ),
      ...sys(editedMap('cilium-config', { 'routing-mode': 'nativ' })),
    ],
    'Node n1',
    says('not ready'),
    /ConfigMap kube-system\/cilium-config: data.routing-mode/,
  ],
  [
    'time is off',
    [
      nodeIs('n1', 'NTPProblem', 'True', 'NTPIsDown', 'NTP service is not running'),
      dep(
        'web',
        env(['API', 'https://api']),
        rep('x509: certificate has expired or is not yet valid: current time 2026-04-01T00:00:00Z is before 2026-05-01T00:00:00Z'),
      ),
    ],
    T,
    says('errors'),
    'Node n1: -',
  ],
  [
    'two nodes with one pod cidr / route controller',
    [
      node('n1'),
      node('n2', {
        conditions: [
          { type: 'Ready', status: 'True', lastTransitionTime: ago('3h') },
          {
            type: 'NetworkUnavailable',
            status: 'True',
            reason: 'NoRouteCreated',
            message: 'RouteController failed to create a route',
            lastTransitionTime: ago('3h'),
          },
        ],
      }),
      dep('web', env(['API', 'http://api']), rep('dial tcp 10.96.0.9:80: i/o timeout')),
      service('api', { app: 'api' }),
      dep('api', {}, { ...running, node: 'n2' }),
    ],
    T,
    says('errors'),
    /Node n2/,
  ],
  // control plane
  [
    'apiserver cannot reach webhook by konnectivity',
    [dep('web'), ...sys(dep('konnectivity-agent', { resources: { limits: { memory: '20Mi' } } }, oom))],
    'Deployment kube-system/konnectivity-agent',
    says('down'),
    /Deployment kube-system\/konnectivity-agent: .*limits.memory/,
  ],
  [
    'a controller is throttled since its qps was cut',
    [
      ...inside('shop', [
        dep(
          'web',
          { args: ['--kube-api-qps=1', '--kube-api-burst=2'] },
          rep(
            'I0501 12:00:00.1 1 request.go:752] "Waited before sending request" delay="14.9s" reason="client-side throttling, not priority and fairness" verb="GET"',
          ),
          { before: podSpec({ args: ['--kube-api-qps=50', '--kube-api-burst=100'] }), changed: ago('30m') },
        ),
      ]),
    ],
    T,
    says('the work queue grows'),
    /Deployment shop\/web: .*args/,
  ],
  [
    'metrics-server cannot scrape',
    [
      ...sys(
        dep(
          'metrics-server',
          { args: ['--kubelet-preferred-address-types=Hostname'] },
          urep(
            'E0501 12:00:00.1 1 scraper.go:149] "Failed to scrape node" err="Get \\"https://n1:10250/metrics/resource\\": dial tcp: lookup n1 on 10.96.0.10:53: no such host" node="n1"',
          ),
          { before: podSpec({ args: ['--kubelet-preferred-address-types=InternalIP'] }), changed: ago('30m') },
        ),
      ),
      node('n1'),
    ],
    'Deployment kube-system/metrics-server',
    says('down'),
    /Deployment kube-system\/metrics-server: .*args(\[0\])?/,
  ],
  // storage
  [
    'resize waits for its class',
    [
      object('v1', 'PersistentVolumeClaim', 'data', {
        spec: { storageClassName: 'standard', volumeName: 'pv', resources: { requests: { storage: '20Gi' } } },
        status: {
          phase: 'Bound',
          capacity: { storage: '10Gi' },
          conditions: [{ type: 'Resizing', status: 'True', lastTransitionTime: ago('1h') }],
        },
      }),
      event(
        object('v1', 'PersistentVolumeClaim', 'data'),
        'VolumeResizeFailed',
        'resize volume "pv" by resizer "ebs.csi.aws.com" failed: rpc error: code = Internal desc = modification limit: you may modify this volume again in 6 hours',
      ),
    ],
    'PersistentVolumeClaim shop/data',
    says('volume is almost full'),
    /PersistentVolumeClaim shop\/data/,
  ],
  [
    'disk full of minio behind backup',
    [
      object('batch/v1', 'CronJob', 'backup', {
        spec: {
          schedule: '0 * * * *',
          jobTemplate: { spec: { template: { spec: podSpec(env(['S3_ENDPOINT', 'http://minio.storage.svc:9000'])) } } },
        },
      }),
      ...F_job(
        'backup-1',
        env(['S3_ENDPOINT', 'http://minio.storage.svc:9000']),
        crashing(
          1,
          'ERROR: upload failed: XMinioStorageFull: Storage backend has reached its minimum free drive threshold. Please delete a few objects to proceed.',
        ),
        'backup',
      ),
      ...inside('storage', [
        service('minio', { app: 'minio' }, [{ port: 9000 }]),
        ...stateful('minio', podSpec({}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'minio-data' } }] }), [
          rep('API: PutObject Error: Storage reached its minimum free drive threshold. (cmd.StorageFull)'),
        ]),
        object('v1', 'PersistentVolumeClaim', 'minio-data', {
          spec: { volumeName: 'pv', resources: { requests: { storage: '5Gi' } } },
          status: { phase: 'Bound' },
        }),
      ]),
    ],
    'CronJob shop/backup',
    says('The last backup is 26 hours old'),
    /PersistentVolumeClaim storage\/minio-data: spec.resources.requests.storage/,
  ],
]
function F_job(name: string, app: any, state: any, cron: string): any[] {
  return [
    object('batch/v1', 'Job', name, {
      metadata: {
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron, uid: `uid-CronJob-${cron}`, controller: true }],
      },
      spec: { backoffLimit: 3, template: { spec: podSpec(app, { restartPolicy: 'Never' }) } },
      status: {
        failed: 3,
        conditions: [
          {
            type: 'Failed',
            status: 'True',
            reason: 'BackoffLimitExceeded',
            message: 'Job has reached the specified backoff limit',
            lastTransitionTime: ago('30m'),
          },
        ],
      },
    }),
    pod(
      name + '-0',
      podSpec(app, { restartPolicy: 'Never' }),
      { ...state, phase: 'Failed', state: { terminated: state.last } },
      { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: `uid-Job-${name}`, controller: true }] },
    ),
  ]
}
it.each(cases)('%s', async (_, objects, target, alert, expected) => {
  const found = await cause(objects.flat(4), target, alert)
  expect(found).toMatch(exactly(expected))
})
