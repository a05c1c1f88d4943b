import { expect, it } from 'vitest'
import { ago, cause, edited, event, node, object, pod, podSpec, running, service, ended } from '../fixtures.ts'
import { rep, env, dep, says, inside, ingress, nginx, daemon, stateful, coredns, custom, cond, T, exactly, type Case } from './worlds.ts'

/** What looks like trouble and is none: over, by design, or of strangers. */

const mix = (lines: string[], n = 6): any => ({ ...running, log: Array.from({ length: n }, () => lines.join('\n')).join('\n') })
const nreq = (code: string, path = '/') =>
  `10.0.0.1 - - [01/May/2026] "GET ${path} HTTP/1.1" ${code} 12 "-" "Mozilla" 310 0.001 [shop-web-80] [] 10.1.1.1:8080 12 0.1 ${code} abc`
const cases: Case[] = [
  [
    'blue/green switched two hours ago',
    [
      dep('web-blue', {}, [], { replicas: 0, spec: { replicas: 0 } }),
      dep('web-green', {}, running, { labels: { app: 'web', slot: 'green' } }),
      object('v1', 'Service', 'web', {
        spec: { selector: { app: 'web', slot: 'green' }, ports: [{ port: 80 }], clusterIP: '10.96.0.1' },
        metadata: edited({ 'f:spec': { 'f:selector': { 'f:slot': {} } } }, ago('2h')),
      }),
    ],
    'Service shop/web',
    says('error rate above 5%', { service: 'web' }, 'ErrorRateHigh'),
    'healthy',
  ],
  [
    'a node upgrade that is over',
    [
      node('n1', { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago('25m') }] }),
      event(node('n1'), 'Rebooted', 'Node n1 has been rebooted, boot id: x', { lastTimestamp: ago('26m') }),
      dep('web'),
    ],
    'Node n1',
    says('Node n1 was not ready', {}, 'KubeNodeNotReady'),
    'healthy',
  ],
  [
    'a load balancer that has its address',
    [
      dep('edge'),
      object('v1', 'Service', 'edge', {
        spec: { type: 'LoadBalancer', selector: { app: 'edge' }, ports: [{ port: 80 }] },
        status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
      }),
      event(
        object('v1', 'Service', 'edge'),
        'SyncLoadBalancerFailed',
        'Error syncing load balancer: failed to ensure load balancer: timeout',
        { lastTimestamp: ago('2h') },
      ),
    ],
    'Service shop/edge',
    says('flapped'),
    'healthy',
  ],
  [
    '404s of an old link in a newsletter',
    [
      dep('web', {}, rep('10.0.0.1 - - [01/May/2026] "GET /spring-sale-2024 HTTP/1.1" 404 153')),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web'),
      ...nginx([nreq('404', '/spring-sale-2024'), nreq('200'), nreq('200')].join('\n')),
    ],
    'Ingress shop/web',
    says('30% of the requests are answered with 4xx', {}, 'ClientErrorRatioHigh'),
    'healthy',
  ],
  [
    'coredns NXDOMAIN of search paths',
    [
      dep('web'),
      ...coredns(
        '.:53 {\n log\n forward . /etc/resolv.conf\n}',
        rep(
          '[INFO] 10.1.1.1:3 - 3 "A IN api.shop.svc.cluster.local.shop.svc.cluster.local. udp 40 false 512" NXDOMAIN qr,aa,rd 133 0.0001s',
        ),
      ),
    ],
    'Deployment kube-system/coredns',
    says('NXDOMAIN ratio', {}, 'CoreDNSErrorsHigh'),
    'healthy',
  ],
  [
    'a chaos experiment that is over',
    [
      dep('web', {}, { ...running, restarts: 1, last: ended(137, 'Error', { finishedAt: ago('40m'), startedAt: ago('3h') }) }),
      custom(
        'chaos-mesh.org/v1alpha1',
        'PodChaos',
        'kill-web',
        { action: 'pod-kill', duration: '60s' },
        {
          conditions: [
            { type: 'AllRecovered', status: 'True' },
            { type: 'Paused', status: 'False' },
            { type: 'AllInjected', status: 'False' },
            { type: 'Selected', status: 'True' },
          ],
        },
      ),
    ],
    T,
    says('pod restarted', {}, 'PodRestarted'),
    'healthy',
  ],
  [
    'a velero backup with warnings',
    [
      inside('velero', [
        custom('velero.io/v1', 'Backup', 'nightly-2', {}, { phase: 'Completed', warnings: 2 }),
        custom('velero.io/v1', 'Backup', 'nightly-1', {}, { phase: 'PartiallyFailed', errors: 1, completionTimestamp: ago('25h') }),
        dep('velero'),
      ]),
    ],
    'Namespace velero',
    says('Backup partially failed', {}, 'VeleroBackupPartialFailures'),
    'healthy',
  ],
  [
    'pg failed over and healed (patroni)',
    [
      ...stateful('pg', podSpec({}), [
        rep('INFO: no action. I am (pg-0), a secondary, and following a leader (pg-1)'),
        rep('INFO: no action. I am (pg-1), the leader with the lock'),
      ]),
      service('pg', { app: 'pg' }, [{ port: 5432 }]),
      dep('web', env(['DB', 'pg:5432']), {
        ...running,
        log: [
          'ERROR: could not connect to server: Connection refused',
          'ERROR: terminating connection due to administrator command',
          ...Array.from({ length: 60 }, () => 'INFO 200 /orders'),
        ].join('\n'),
      }),
    ],
    'StatefulSet shop/pg',
    says('leader changed', {}, 'PatroniLeaderChanged'),
    'healthy',
  ],
  [
    'node exporter on a spot node that went',
    [node('n2'), dep('web'), ...inside('monitoring', daemon('node-exporter', podSpec({}, { hostNetwork: true }), [['n2', running]]))],
    'DaemonSet monitoring/node-exporter',
    says('target down', {}, 'TargetDown'),
    'healthy',
  ],
  [
    'cert-manager tries again after a blip',
    [
      custom(
        'cert-manager.io/v1',
        'Certificate',
        'web',
        { secretName: 'web-tls', issuerRef: { name: 'le' } },
        { conditions: [cond('Ready', 'True', 'Ready', 'Certificate is up to date')] },
      ),
      custom(
        'cert-manager.io/v1',
        'CertificateRequest',
        'web-1',
        { issuerRef: { name: 'le' } },
        { conditions: [cond('Ready', 'False', 'Failed', 'The certificate request has failed to complete')], failureTime: ago('3d') },
        { ownerReferences: [{ kind: 'Certificate', name: 'web', uid: 'uid-Certificate-web' }], creationTimestamp: ago('3d') },
      ),
    ],
    'Namespace shop',
    says('certificate not ready', {}, 'CertificateNotReady'),
    'healthy',
  ],
  [
    'hpa at its maximum by design',
    [
      dep('web', {}, [running, running]),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: { minReplicas: 2, maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'web' }, metrics: [] },
        status: {
          currentReplicas: 2,
          desiredReplicas: 2,
          conditions: [
            { type: 'ScalingActive', status: 'True' },
            { type: 'AbleToScale', status: 'True' },
          ],
        },
      }),
    ],
    'HorizontalPodAutoscaler shop/web',
    says('HPA runs at max replicas', {}, 'KubeHpaMaxedOut'),
    /healthy|maxReplicas/,
  ],
  [
    'debug pod left completed',
    [dep('web'), pod('debug-1', podSpec({}), { phase: 'Succeeded', ready: false, state: { terminated: ended(0, 'Completed') } })],
    'Namespace shop',
    says('pod not ready', {}, 'KubePodNotReady'),
    'healthy',
  ],
  [
    'webhook retries of a partner',
    [
      dep(
        'web',
        {},
        mix(
          [
            'INFO delivered 200',
            'WARN webhook to https://hooks.partner.example failed: 503 Service Unavailable, will retry (1/5)',
            'INFO delivered 200',
            'INFO delivered 200',
            'INFO delivered 200 after retry',
          ],
          8,
        ),
      ),
    ],
    T,
    says('retries', {}, 'RetriesElevated'),
    /healthy|partner|Deployment shop\/web/,
  ],
  [
    'bots get 429 as they should',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web', { annotations: { 'nginx.ingress.kubernetes.io/limit-rps': '20' } }),
      ...nginx(
        [
          ...Array.from({ length: 6 }, () => nreq('200')),
          '2026/05/01 11:59:00 [error] 31#31: *1 limiting requests, excess: 100.5 by zone "shop_web_rps", client: 185.220.101.7, server: www.shop.example, request: "GET /?s=1 HTTP/1.1", host: "www.shop.example"',
        ].join('\n'),
      ),
    ],
    'Ingress shop/web',
    says('some 429 answers'),
    /healthy|limit-rps/,
  ],
]
it.each(cases)('%s', async (_, objects, target, alert, expected) => {
  const found = await cause(objects.flat(4), target, alert)
  expect(found).toMatch(exactly(expected))
})
