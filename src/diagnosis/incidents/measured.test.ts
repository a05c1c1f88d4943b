import { expect, it } from 'vitest'
import { ago, cause, configMap, edited, node, object, pod, podSpec, running, service } from '../fixtures.ts'
import { daemon, rep, env, dep, says, inside, nons, oom, stateful, sys, editedMap, exactly, type Case } from './worlds.ts'

/** What only the alert tells: volumes that fill up, machines. */

const claim = (name: string, more: any = {}) =>
  object('v1', 'PersistentVolumeClaim', name, {
    spec: { storageClassName: 'standard', volumeName: 'pv', resources: { requests: { storage: '20Gi' } } },
    status: { phase: 'Bound', capacity: { storage: '20Gi' } },
    ...more,
  })
const cases: Case[] = [
  [
    'a volume fills up, says the alert alone',
    [
      claim('data-loki-0'),
      ...stateful('loki', podSpec({}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data-loki-0' } }] }), [running]),
    ],
    'PersistentVolumeClaim shop/data-loki-0',
    says(
      'Based on recent sampling, the PersistentVolume claimed by data-loki-0 is expected to fill up within four days. Currently 3% is available.',
      {},
      'KubePersistentVolumeFillingUp',
    ),
    /PersistentVolumeClaim shop\/data-loki-0: spec.resources.requests.storage/,
  ],
  [
    'a volume fills up since retention was raised',
    [
      claim('data-loki-0'),
      ...stateful(
        'loki',
        podSpec(
          { args: ['-config.file=/etc/loki/loki.yaml'], volumeMounts: [{ name: 'c', mountPath: '/etc/loki' }] },
          {
            volumes: [
              { name: 'c', configMap: { name: 'loki' } },
              { name: 'd', persistentVolumeClaim: { claimName: 'data-loki-0' } },
            ],
          },
        ),
        [running],
      ),
      editedMap('loki', { 'loki.yaml': 'limits_config:\n  retention_period: 8760h\n' }, ago('20h')),
    ],
    'PersistentVolumeClaim shop/data-loki-0',
    says('The PersistentVolume claimed by data-loki-0 is expected to fill up.', {}, 'KubePersistentVolumeFillingUp'),
    /PersistentVolumeClaim shop\/data-loki-0: spec.resources.requests.storage|ConfigMap shop\/loki/,
  ],
  [
    'a volume that filled up and was grown since the alert',
    [
      claim('data-loki-0', {
        metadata: edited({ 'f:spec': { 'f:resources': { 'f:requests': { 'f:storage': {} } } } }, ago('5m')),
        status: { phase: 'Bound', capacity: { storage: '20Gi' } },
      }),
      ...stateful('loki', podSpec({}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data-loki-0' } }] }), [running]),
    ],
    'PersistentVolumeClaim shop/data-loki-0',
    says('The PersistentVolume claimed by data-loki-0 is only 2.61% free.', {}, 'KubePersistentVolumeFillingUp'),
    'healthy',
  ],
  [
    'a volume that was grown before the alert',
    [
      claim('data-loki-0', {
        metadata: edited({ 'f:spec': { 'f:resources': { 'f:requests': { 'f:storage': {} } } } }, ago('5h')),
        status: { phase: 'Bound', capacity: { storage: '20Gi' } },
      }),
      ...stateful('loki', podSpec({}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data-loki-0' } }] }), [running]),
    ],
    'PersistentVolumeClaim shop/data-loki-0',
    says('The PersistentVolume claimed by data-loki-0 is only 2.61% free.', {}, 'KubePersistentVolumeFillingUp'),
    'PersistentVolumeClaim shop/data-loki-0: spec.resources.requests.storage',
  ],
  [
    'a program of the control plane that serves its metrics to its own machine',
    sys(
      pod('kube-scheduler-cp1', podSpec({ name: 'kube-scheduler', command: ['kube-scheduler', '--bind-address=127.0.0.1'] }), running, {
        labels: { component: 'kube-scheduler', tier: 'control-plane' },
      }),
      service('kps-kube-scheduler', { component: 'kube-scheduler' }, [{ name: 'http-metrics', port: 10259, targetPort: 10259 }], {
        metadata: { labels: { jobLabel: 'kube-scheduler' } },
      }),
    ),
    'Namespace kube-system',
    says('KubeScheduler has disappeared from Prometheus target discovery.', { job: 'kube-scheduler' }, 'KubeSchedulerDown'),
    'Pod kube-system/kube-scheduler-cp1: spec.containers[name=kube-scheduler].command[1]',
  ],
  [
    'an agent on every node that a hardened configuration hides from Prometheus',
    sys(
      daemon(
        'kube-proxy',
        podSpec(
          { command: ['kube-proxy', '--config=/etc/proxy/config.conf'], volumeMounts: [{ name: 'c', mountPath: '/etc/proxy' }] },
          { volumes: [{ name: 'c', configMap: { name: 'kube-proxy' } }] },
        ),
        [['n1', running]],
      ),
      editedMap('kube-proxy', {
        'config.conf': 'healthzBindAddress: 0.0.0.0:10256\nmetricsBindAddress: 127.0.0.1:10249\nmode: iptables\n',
      }),
      service('kps-kube-proxy', { app: 'kube-proxy' }, [{ name: 'http-metrics', port: 10249, targetPort: 10249 }], {
        metadata: { labels: { jobLabel: 'kube-proxy' } },
      }),
    ),
    'Namespace kube-system',
    says('KubeProxy has disappeared from Prometheus target discovery.', { job: 'kube-proxy' }, 'KubeProxyDown'),
    'ConfigMap kube-system/kube-proxy: data[config.conf]',
  ],
  ['raid of a node', [node('n1')], 'Node n1', says('RAID array md0 on n1 is degraded', {}, 'NodeRAIDDegraded'), 'Node n1: -'],
  [
    'clock of a node',
    [node('n1')],
    'Node n1',
    says('Clock on n1 is not synchronising. Ensure NTP is configured on this host.', {}, 'NodeClockNotSynchronising'),
    'Node n1: -',
  ],
  [
    'a bound link',
    [node('n1')],
    'Node n1',
    says('Network interface "eth1" changing its up status often on node-exporter', {}, 'NodeNetworkInterfaceFlapping'),
    'Node n1: -',
  ],
  [
    'a slow webhook burns the budget of the API',
    [
      ...sys(
        pod(
          'kube-apiserver-cp1',
          podSpec({ name: 'kube-apiserver' }),
          rep(
            'W0501 12:00:00.1 1 dispatcher.go:217] Failed calling webhook, failing open check.policy.example: failed calling webhook "check.policy.example": failed to call webhook: Post "https://policy.policy.svc:443/check?timeout=30s": context deadline exceeded',
          ),
          { labels: { component: 'kube-apiserver', tier: 'control-plane' } },
        ),
      ),
      nons(
        object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'policy', {
          webhooks: [
            {
              name: 'check.policy.example',
              failurePolicy: 'Ignore',
              timeoutSeconds: 30,
              clientConfig: { service: { name: 'policy', namespace: 'policy' } },
            },
          ],
        }),
      ),
      ...inside('policy', [
        service('policy', { app: 'policy' }, [{ port: 443 }]),
        dep('policy', { resources: { limits: { memory: '30Mi' } } }, oom),
      ]),
    ],
    'Pod kube-system/kube-apiserver-cp1',
    says('The API server is burning too much error budget.', {}, 'KubeAPIErrorBudgetBurn'),
    /Deployment policy\/policy: .*limits.memory/,
  ],
  [
    'loki takes no more streams',
    [
      dep('web', {}, running),
      dep(
        'promtail',
        env(['LOKI', 'http://loki:3100']),
        rep(
          'level=error msg="final error sending batch" status=429 error="server returned HTTP status 429 Too Many Requests (429): Maximum active stream limit exceeded when trying to create stream, reduce the number of active streams, or contact your Loki administrator (\'max_streams_per_user\')"',
        ),
      ),
      service('loki', { app: 'loki' }, [{ port: 3100 }]),
      ...stateful(
        'loki',
        podSpec({ volumeMounts: [{ name: 'c', mountPath: '/etc/loki' }] }, { volumes: [{ name: 'c', configMap: { name: 'loki' } }] }),
        [running],
      ),
      configMap('loki', { 'loki.yaml': 'limits_config:\n  max_global_streams_per_user: 100\n  retention_period: 24h\n' }),
    ],
    'Deployment shop/promtail',
    says('logs are dropped'),
    /ConfigMap shop\/loki: data/,
  ],
  [
    'a volume is released, its claim waits',
    [
      claim('data', { spec: { storageClassName: 'manual', resources: { requests: { storage: '5Gi' } } }, status: { phase: 'Pending' } }),
      nons(
        object('v1', 'PersistentVolume', 'pv-1', {
          spec: {
            storageClassName: 'manual',
            capacity: { storage: '5Gi' },
            accessModes: ['ReadWriteOnce'],
            claimRef: { namespace: 'shop', name: 'data-old', uid: 'x' },
          },
          status: { phase: 'Released' },
        }),
      ),
    ],
    'PersistentVolumeClaim shop/data',
    says('pending'),
    /PersistentVolume pv-1|PersistentVolumeClaim shop\/data/,
  ],
  [
    'memory of a node, said by the alert alone',
    [
      node('n1'),
      dep('web', { resources: { limits: { memory: '1Gi' } } }, { ...running, node: 'n1' }),
      dep(
        'cruncher',
        {},
        { ...rep('WARN heap is at 94% of 12GiB, cache grows'), node: 'n1' },
        { before: podSpec(env(['CACHE_GB', '2'])), changed: ago('2h') },
      ),
    ],
    'Node n1',
    says('Memory is filling up at n1, has been above 90% for the last 15 minutes', {}, 'NodeMemoryHighUtilization'),
    /Deployment shop\/cruncher/,
  ],
]
it.each(cases)('%s', async (_, objects, target, alert, expected) => {
  const found = await cause(objects.flat(4), target, alert)
  expect(found).toMatch(exactly(expected))
})
