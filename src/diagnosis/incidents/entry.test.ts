import { expect, it } from 'vitest'
import { ago, cause, edited, node, object, podSpec, running, service } from '../fixtures.ts'
import {
  rep,
  env,
  dep,
  says,
  inside,
  oom,
  ingress,
  nginx,
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

/** Trouble of those that let requests in, of those that watch, and of those that operators call. */

const mix = (lines: string[], n = 6): any => ({ ...running, log: Array.from({ length: n }, () => lines.join('\n')).join('\n') })
const prometheus = inside('monitoring', [
  custom('monitoring.coreos.com/v1', 'Prometheus', 'k8s', {
    serviceMonitorSelector: { matchLabels: { release: 'kps' } },
    podMonitorSelector: {},
  }),
  ...stateful('prometheus-k8s', podSpec({}), [running]),
])
const monitor = (name: string, spec: any, labels: any = { release: 'kps' }, metadata: any = {}) =>
  custom('monitoring.coreos.com/v1', 'ServiceMonitor', name, spec, undefined, { labels, ...metadata })
const cases: Case[] = [
  [
    'the canary takes all',
    [
      dep('web', {}, running),
      service('web', { app: 'web' }),
      dep('web-canary', {}, rep('10.0.0.1 - - "GET /v2 HTTP/1.1" 500 12')),
      service('web-canary', { app: 'web-canary' }),
      ingress('web', 'www.shop.example', 'web'),
      ingress('web-canary', 'www.shop.example', 'web-canary', {
        annotations: { 'nginx.ingress.kubernetes.io/canary': 'true', 'nginx.ingress.kubernetes.io/canary-weight': '100' },
        ...edited({ 'f:metadata': { 'f:annotations': { 'f:nginx.ingress.kubernetes.io/canary-weight': {} } } }, ago('20m')),
      }),
      ...nginx(
        '10.0.0.1 - - [01/May/2026] "GET /v2 HTTP/1.1" 500 12 "-" "curl" 310 0.001 [shop-web-canary-80] [] 10.1.1.1:8080 12 0.1 500 abc',
      ),
    ],
    'Ingress shop/web',
    says('5xx'),
    /Ingress shop\/web-canary: metadata.annotations\[nginx.ingress.kubernetes.io\/canary-weight\]/,
  ],
  [
    'a monitor without the label',
    [
      dep('web'),
      {
        ...service('web', { app: 'web' }, [{ name: 'http', port: 80 }]),
        metadata: { ...service('web', null).metadata, labels: { app: 'web' } },
      },
      monitor('web', { selector: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'http' }] }, {}),
      ...prometheus,
    ],
    'Deployment shop/web',
    says('Metrics of web are absent', { deployment: 'web' }, 'WebMetricsAbsent'),
    /ServiceMonitor shop\/web: metadata.labels(\.release)?/,
  ],
  [
    'a monitor of a port that is called otherwise',
    [
      dep('web'),
      {
        ...service('web', { app: 'web' }, [{ name: 'web', port: 80 }]),
        metadata: { ...service('web', null).metadata, labels: { app: 'web' } },
      },
      monitor('web', { selector: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'http-metrics' }] }),
      ...prometheus,
    ],
    'Service shop/web',
    says('targets are down', { service: 'web' }, 'TargetDown'),
    /ServiceMonitor shop\/web: spec.endpoints\[0\].port/,
  ],
  [
    'a monitor that selects no service',
    [
      dep('web'),
      {
        ...service('web', { app: 'web' }, [{ name: 'http', port: 80 }]),
        metadata: { ...service('web', null).metadata, labels: { app: 'web' } },
      },
      monitor('web', { selector: { matchLabels: { 'app.kubernetes.io/name': 'web' } }, endpoints: [{ port: 'http' }] }),
      ...prometheus,
    ],
    'Service shop/web',
    says('targets are down', { service: 'web' }, 'WebMetricsAbsent'),
    /ServiceMonitor shop\/web: spec.selector(\.matchLabels.*)?/,
  ],
  [
    'the sign-in in front is down',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web', {
        annotations: { 'nginx.ingress.kubernetes.io/auth-url': 'http://oauth2-proxy.auth.svc.cluster.local:4180/oauth2/auth' },
      }),
      ...nginx(
        '2026/05/01 11:59:00 [error] 31#31: *1 auth request unexpected status: 502 while sending to client, client: 10.0.0.1, server: www.shop.example, request: "GET / HTTP/1.1", host: "www.shop.example"',
      ),
      ...inside('auth', [
        service('oauth2-proxy', { app: 'oauth2-proxy' }, [{ port: 4180 }]),
        dep('oauth2-proxy', { resources: { limits: { memory: '16Mi' } } }, oom),
      ]),
    ],
    'Ingress shop/web',
    says('500'),
    /Deployment auth\/oauth2-proxy: .*limits.memory/,
  ],
  [
    'the app closes idle connections too soon',
    [
      dep('web', env(['KEEP_ALIVE_TIMEOUT', '2s']), running, { before: podSpec(env(['KEEP_ALIVE_TIMEOUT', '75s'])), changed: ago('30m') }),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web'),
      ...nginx(
        '2026/05/01 11:59:00 [error] 31#31: *1 upstream prematurely closed connection while reading response header from upstream, client: 10.0.0.1, server: www.shop.example, request: "POST /api HTTP/1.1", upstream: "http://10.1.1.1:8080/api", host: "www.shop.example"',
      ),
    ],
    'Ingress shop/web',
    says('502 now and then'),
    /Deployment shop\/web: .*KEEP_ALIVE_TIMEOUT/,
  ],
  [
    'the app listens on another port than its service sends to',
    [
      dep('web', { ports: [{ containerPort: 3000 }] }, { ...running, log: 'INFO listening on 0.0.0.0:3000' }),
      service('web', { app: 'web' }, [{ port: 80, targetPort: 8080 }]),
      ingress('web', 'www.shop.example', 'web'),
      ...nginx(
        '2026/05/01 11:59:00 [error] 31#31: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: www.shop.example, request: "GET / HTTP/1.1", upstream: "http://10.1.1.1:8080/", host: "www.shop.example"',
      ),
    ],
    'Ingress shop/web',
    says('502'),
    /Service shop\/web: spec.ports\[(0|port=80)\].targetPort/,
  ],
  [
    'a policy lets the ingress controller in no more',
    [
      dep('web', { ports: [{ containerPort: 8080 }] }),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web'),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'web-in', {
        metadata: edited({ 'f:spec': { 'f:ingress': {} } }, ago('25m')),
        spec: {
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } } }] }],
        },
      }),
      ...nginx(
        '2026/05/01 11:59:00 [error] 31#31: *1 upstream timed out (110: Operation timed out) while connecting to upstream, client: 10.0.0.1, server: www.shop.example, request: "GET / HTTP/1.1", upstream: "http://10.1.1.1:8080/", host: "www.shop.example"',
      ),
    ],
    'Ingress shop/web',
    says('504'),
    /NetworkPolicy shop\/web-in: spec.ingress/,
  ],
  [
    'a policy keeps prometheus out',
    [
      dep('web', { ports: [{ name: 'metrics', containerPort: 9090 }] }),
      {
        ...service('web', { app: 'web' }, [{ name: 'metrics', port: 9090, targetPort: 9090 }]),
        metadata: { ...service('web', null).metadata, labels: { app: 'web' } },
      },
      monitor('web', { selector: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'metrics' }] }),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'web-in', {
        metadata: { creationTimestamp: ago('30m') },
        spec: {
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'front' } } }] }],
        },
      }),
      ...prometheus,
    ],
    'Service shop/web',
    says('100% of the web targets in shop are down', { service: 'web', job: 'web' }, 'TargetDown'),
    /NetworkPolicy shop\/web-in: spec.ingress/,
  ],
  [
    'flux cannot reach the git server of this cluster',
    [
      ...inside('flux-system', [
        custom(
          'source.toolkit.fluxcd.io/v1',
          'GitRepository',
          'apps',
          { url: 'http://gitea.git.svc:3000/ops/apps.git', ref: { branch: 'main' } },
          {
            conditions: [
              cond(
                'Ready',
                'False',
                'GitOperationFailed',
                'failed to checkout and determine revision: unable to list remote for \'http://gitea.git.svc:3000/ops/apps.git\': Get "http://gitea.git.svc:3000/ops/apps.git/info/refs": dial tcp 10.96.0.9:3000: connect: connection refused',
              ),
            ],
          },
        ),
      ]),
      ...inside('git', [
        service('gitea', { app: 'gitea' }, [{ port: 3000 }]),
        dep('gitea', { resources: { limits: { memory: '64Mi' } } }, oom),
      ]),
    ],
    'Namespace flux-system',
    says('GitRepository apps is not ready', { name: 'apps' }),
    /Deployment git\/gitea: .*limits.memory/,
  ],
  [
    'the secret store cannot reach vault',
    [
      custom(
        'external-secrets.io/v1',
        'ExternalSecret',
        'web-db',
        { secretStoreRef: { name: 'vault', kind: 'SecretStore' }, target: { name: 'web-db' } },
        {
          conditions: [
            cond(
              'Ready',
              'False',
              'SecretSyncedError',
              'could not get secret data from provider: Get "http://vault.vault.svc:8200/v1/kv/data/web": dial tcp 10.96.0.9:8200: connect: connection refused',
            ),
          ],
        },
      ),
      custom(
        'external-secrets.io/v1',
        'SecretStore',
        'vault',
        { provider: { vault: { server: 'http://vault.vault.svc:8200', path: 'kv' } } },
        {
          conditions: [
            cond(
              'Ready',
              'False',
              'InvalidProviderConfig',
              'unable to create client: dial tcp 10.96.0.9:8200: connect: connection refused',
            ),
          ],
        },
      ),
      dep('web'),
      ...inside('vault', [
        service('vault', { app: 'vault' }, [{ port: 8200 }]),
        ...stateful('vault', podSpec({ resources: { limits: { memory: '64Mi' } } }), [oom]),
      ]),
    ],
    'Namespace shop',
    says('ExternalSecret web-db is not synced', { name: 'web-db' }),
    /StatefulSet vault\/vault: .*limits.memory/,
  ],
  [
    'mtu of the network was changed',
    [
      dep(
        'web',
        env(['API', 'http://api']),
        rep('ERROR Post "http://api/upload": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'),
      ),
      service('api', { app: 'api' }),
      dep('api'),
      node('n1'),
      ...sys(
        daemon(
          'calico-node',
          podSpec(
            {
              name: 'calico-node',
              env: [{ name: 'FELIX_IPINIPMTU', valueFrom: { configMapKeyRef: { name: 'calico-config', key: 'veth_mtu' } } }],
            },
            { hostNetwork: true, volumes: [{ name: 'c', hostPath: { path: '/opt/cni/bin' } }] },
          ),
          [['n1', running]],
        ),
        editedMap('calico-config', { veth_mtu: '1500' }, ago('40m')),
      ),
    ],
    T,
    { ...says('latency'), startsAt: ago('25m') },
    /ConfigMap kube-system\/calico-config: data.veth_mtu/,
  ],
  [
    'external-dns leaves the zone out',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'new.shop.example', 'web'),
      ...nginx('ok'),
      ...inside('external-dns', [
        dep(
          'external-dns',
          { image: 'registry.k8s.io/external-dns/external-dns:v0.19.0', args: ['--source=ingress', '--domain-filter=old.example'] },
          rep(
            'time="2026-05-01T11:59:00Z" level=debug msg="Skipping record new.shop.example because no hosted zone matching record DNS Name was detected"',
          ),
        ),
      ]),
    ],
    'Ingress shop/web',
    says('probe of https://new.shop.example fails: no such host', { instance: 'https://new.shop.example' }),
    /Deployment external-dns\/external-dns: .*args\[1\]/,
  ],
  [
    'two ingresses for one host',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web'),
      dep('promo'),
      service('promo', { app: 'promo' }),
      ingress('promo', 'www.shop.example', 'promo', { creationTimestamp: ago('25m') }),
      ...nginx(
        '10.0.0.1 - - [01/May/2026] "GET /cart HTTP/1.1" 404 12 "-" "curl" 310 0.001 [shop-promo-80] [] 10.1.1.1:8080 12 0.1 404 abc\nW0501 controller.go:1205] Skipping location, already exists: host www.shop.example path / ingress shop/web',
      ),
    ],
    'Ingress shop/web',
    says('404'),
    /Ingress shop\/promo/,
  ],
  // healthy
  [
    'logins that people mistype',
    [
      dep(
        'web',
        {},
        mix([
          'INFO POST /login 200 user=anna',
          'WARN login failed: invalid username or password user=bob ip=203.0.113.7',
          'INFO GET /cart 200',
          'INFO GET /cart 200',
        ]),
      ),
    ],
    T,
    says('many requests are answered with 4xx'),
    'healthy',
  ],
  [
    'clients that go away',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web'),
      ...nginx(
        '10.0.0.1 - - [01/May/2026] "GET /slow HTTP/1.1" 499 0 "-" "curl" 310 0.001 [shop-web-80] [] 10.1.1.1:8080 12 0.1 499 abc\n10.0.0.1 - - [01/May/2026] "GET / HTTP/1.1" 200 0 "-" "curl" 310 0.001 [shop-web-80] [] 10.1.1.1:8080 12 0.1 200 abc',
      ),
    ],
    'Ingress shop/web',
    says('slow'),
    'healthy',
  ],
  [
    'a test of the alerting',
    [dep('web')],
    'Namespace shop',
    says('This is a test. Please ignore.', { severity: 'none' }, 'TestAlert'),
    'healthy',
  ],
  [
    'monitors that fit',
    [
      dep('web'),
      {
        ...service('web', { app: 'web' }, [{ name: 'http', port: 80 }]),
        metadata: { ...service('web', null).metadata, labels: { app: 'web' } },
      },
      monitor('web', { selector: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'http' }] }),
      ...prometheus,
    ],
    'Service shop/web',
    says('targets were down', { service: 'web' }, 'TargetDown'),
    'healthy',
  ],
]
it.each(cases)('%s', async (_, objects, target, alert, expected) => {
  const found = await cause(objects.flat(4), target, alert)
  expect(found).toMatch(exactly(expected))
})
