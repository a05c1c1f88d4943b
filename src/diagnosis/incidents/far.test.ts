import { describe, expect, it } from 'vitest'
import {
  ago,
  run,
  configMap,
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
  waiting,
  type PodState,
} from '../fixtures.ts'
type Case = [string, any[], string, any, RegExp | string]
const T = 'Deployment shop/web'
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
const says = (text: string) => ({ annotations: { description: text } })
const rep = (line: string, n = 9): PodState => ({ ...running, log: Array.from({ length: n }, () => line).join('\n') })
const dep = (name: string, app: any = {}, state: any = running, more: any = {}, p: any = {}) =>
  deployment(name, podSpec(app, p), [state], more)
const cm = (name: string, path: string) => ({
  app: { volumeMounts: [{ name: 'c', mountPath: path }] },
  pod: { volumes: [{ name: 'c', configMap: { name } }] },
})
const bouncer = cm('pool', '/etc/pgbouncer')
const editedMap = (name: string, data: any) =>
  configMap(name, data, edited({ 'f:data': { [`f:${Object.keys(data)[0]}`]: {} } }, ago('22m')))
const cases: Case[] = [
  [
    'IRSA role of the ServiceAccount',
    [
      dep(
        'web',
        {},
        rep(
          'AccessDenied: User: arn:aws:sts::1:assumed-role/x is not authorized to perform: sts:AssumeRoleWithWebIdentity status code: 403',
        ),
        {},
        { serviceAccountName: 'web' },
      ),
      object('v1', 'ServiceAccount', 'web', {
        metadata: {
          annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/webb' },
          ...edited({ 'f:metadata': { 'f:annotations': { 'f:eks.amazonaws.com/role-arn': {} } } }, ago('25m')),
        },
      }),
    ],
    T,
    says('errors'),
    /ServiceAccount shop\/web: metadata.annotations/,
  ],
  [
    'pgbouncer max_client_conn',
    [
      dep('web', env(['DATABASE_URL', 'postgres://pool:6432/app']), rep('FATAL: no more connections allowed (max_client_conn)')),
      service('pool', { app: 'pool' }, [{ port: 6432 }]),
      dep('pool', bouncer.app, running, {}, bouncer.pod),
      editedMap('pool', { 'pgbouncer.ini': 'max_client_conn = 20\npool_mode = transaction' }),
    ],
    T,
    says('errors'),
    'ConfigMap shop/pool: data[pgbouncer.ini]',
  ],
  [
    'worker_connections',
    [
      dep('web', bouncer.app, rep('2026/05/01 11:58:00 [alert] 7#7: 64 worker_connections are not enough'), {}, bouncer.pod),
      configMap('pool', { 'nginx.conf': 'events {\n  worker_connections 64;\n}' }),
    ],
    T,
    says('errors'),
    'ConfigMap shop/pool: data[nginx.conf]',
  ],
  [
    'registry in the cluster is scaled to zero',
    [
      deployment('web', podSpec({ image: 'registry.shop.svc.cluster.local:5000/web:2' }), [
        waiting(
          'ImagePullBackOff',
          'Back-off pulling image "registry.shop.svc.cluster.local:5000/web:2": failed to do request: Head "http://registry.shop.svc.cluster.local:5000/v2/web/manifests/2": dial tcp 10.96.0.9:5000: connect: connection refused',
        ),
      ]),
      service('registry', { app: 'registry' }, [{ port: 5000 }]),
      deployment('registry', podSpec(), [], { replicas: 0 }),
    ],
    T,
    null,
    'Deployment shop/registry: spec.replicas',
  ],
  [
    'egress policy without DNS',
    [
      dep('web', env(['API', 'http://api']), rep('Error: getaddrinfo EAI_AGAIN api')),
      service('api', { app: 'api' }),
      dep('api'),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'web-egress', {
        metadata: { creationTimestamp: ago('30m') },
        spec: {
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: { matchLabels: { app: 'api' } } }] }],
        },
      }),
    ],
    T,
    says('errors'),
    /NetworkPolicy shop\/web-egress: spec\.egress/,
  ],
  [
    'a proxy that does not exist',
    [
      dep(
        'web',
        env(['HTTPS_PROXY', 'http://proxy.corp.example:3128'], ['STRIPE_URL', 'https://api.stripe.example']),
        rep('Post "https://api.stripe.example/v1": proxyconnect tcp: dial tcp: lookup proxy.corp.example on 10.96.0.10:53: no such host'),
      ),
    ],
    T,
    says('errors'),
    /env\[name=HTTPS_PROXY\]/,
  ],
  [
    'manual endpoints of an old address',
    [
      dep('web', env(['DB_HOST', 'legacy-db']), rep('dial tcp 10.96.0.9:1521: connect: no route to host (legacy-db)')),
      service('legacy-db', null, [{ port: 1521 }]),
      object('discovery.k8s.io/v1', 'EndpointSlice', 'legacy-db-1', {
        metadata: { labels: { 'kubernetes.io/service-name': 'legacy-db' }, ...edited({ 'f:endpoints': {} }, ago('30m')) },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.1.2.3'] }],
        ports: [{ port: 1521 }],
      }),
    ],
    T,
    says('errors'),
    /EndpointSlice shop\/legacy-db-1|Service shop\/legacy-db/,
  ],
  [
    'a webhook with a certificate that ran out',
    [
      deployment('web', podSpec(), [], { replicas: 2 }),
      event(
        object('apps/v1', 'ReplicaSet', 'web-r1', {}),
        'FailedCreate',
        'Error creating: Internal error occurred: failed calling webhook "v.shop.example": failed to call webhook: Post "https://guard.shop.svc:443/v?timeout=10s": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-05-01T11:58:00Z is after 2026-05-01T00:00:00Z',
      ),
      object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'guard', {
        metadata: { namespace: undefined },
        webhooks: [
          {
            name: 'v.shop.example',
            failurePolicy: 'Fail',
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
            clientConfig: { service: { namespace: 'shop', name: 'guard' }, caBundle: 'QQ==' },
          },
        ],
      }),
      service('guard', { app: 'guard' }, [{ port: 443, targetPort: 8443 }]),
      dep(
        'guard',
        {},
        rep('http: TLS handshake error from 10.1.1.1:40000: remote error: tls: bad certificate'),
        {},
        { volumes: [{ name: 'certs', secret: { secretName: 'guard-tls' } }] },
      ),
    ],
    T,
    null,
    /Secret shop\/guard-tls|ValidatingWebhookConfiguration guard/,
  ],
  [
    'decoy: rolled back',
    [
      deployment('web', podSpec(), [running], { before: podSpec({ image: 'registry.example/app:2' }), changed: ago('30m') }),
      event(pod('web-r1-gone', podSpec()), 'BackOff', 'Back-off restarting failed container app', {
        firstTimestamp: ago('50m'),
        lastTimestamp: ago('31m'),
      }),
    ],
    T,
    says('Deployment rollout stuck'),
    'healthy',
  ],
  [
    'decoy: OOM hours ago',
    [
      deployment('web', podSpec({ resources: { limits: { memory: '1Gi' } } }), [
        {
          ...running,
          state: { running: { startedAt: ago('5h') } },
          restarts: 1,
          last: ended(137, 'OOMKilled', { startedAt: ago('2d'), finishedAt: ago('5h') }),
        },
      ]),
    ],
    T,
    says('latency'),
    'healthy',
  ],
  [
    'decoy: liveness blips, running well now',
    [
      (() => {
        const l = deployment('web', podSpec({ livenessProbe: { httpGet: { path: '/', port: 8080 } } }), [running])
        return [
          ...l,
          event(
            l.find((o) => o.kind === 'Pod')!,
            'Unhealthy',
            'Liveness probe failed: context deadline exceeded',
            { firstTimestamp: ago('50m'), lastTimestamp: ago('41m'), container: 'app' },
          ),
        ]
      })(),
    ],
    T,
    says('latency'),
    'healthy',
  ],
  [
    'decoy: restarted while its database was updated, ready again',
    [
      deployment('web', podSpec(env(['DATABASE_URL', 'postgres://db:5432/app'])), [
        {
          ready: true,
          since: ago('3d'),
          state: { running: { startedAt: ago('4m') } },
          restarts: 5,
          last: ended(1, 'Error', { startedAt: ago('9m'), finishedAt: ago('9m') }),
          previous: 'FATAL: the database system is starting up',
          log: 'INFO listening on 8080',
        },
      ]),
      service('db', { app: 'db' }, [{ port: 5432 }]),
      deployment('db', podSpec(), [{ ready: true, since: ago('6m'), state: { running: { startedAt: ago('7m') } } }], {
        before: podSpec({ image: 'registry.example/app:0.9' }),
        changed: ago('14m'),
      }),
    ],
    T,
    says('crash looping'),
    'healthy',
  ],
  [
    'decoy: killed by liveness, well for 20 minutes',
    [
      (() => {
        const l = deployment('web', podSpec({ livenessProbe: { httpGet: { path: '/', port: 8080 } } }), [
          {
            ready: true,
            since: ago('3d'),
            state: { running: { startedAt: ago('20m') } },
            restarts: 3,
            last: ended(137, 'Error', { startedAt: ago('25m'), finishedAt: ago('20m') }),
          },
        ])
        const p = l.find((o) => o.kind === 'Pod')!
        return [
          ...l,
          event(p, 'Unhealthy', 'Liveness probe failed: context deadline exceeded', {
            firstTimestamp: ago('50m'),
            lastTimestamp: ago('21m'),
            container: 'app',
          }),
          event(p, 'Killing', 'Container app failed liveness probe, will be restarted', {
            firstTimestamp: ago('50m'),
            lastTimestamp: ago('21m'),
            container: 'app',
          }),
        ]
      })(),
    ],
    T,
    says('crash looping'),
    'healthy',
  ],
  [
    'decoy: could not be placed for a while',
    [
      deployment('web', podSpec(), [{ ...running, since: ago('12m') }]),
      event(pod('web-r1-0', podSpec()), 'FailedScheduling', '0/3 nodes are available: 3 Insufficient cpu.', {
        firstTimestamp: ago('30m'),
        lastTimestamp: ago('13m'),
      }),
      node('n1'),
    ],
    T,
    says('replicas mismatch'),
    'healthy',
  ],
  [
    'decoy: volume could not be attached for a while',
    [
      deployment('web', podSpec(), [{ ...running, since: ago('12m') }]),
      event(
        pod('web-r1-0', podSpec()),
        'FailedAttachVolume',
        'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-r1-9',
        { firstTimestamp: ago('30m'), lastTimestamp: ago('13m') },
      ),
      node('n1'),
    ],
    T,
    says('replicas mismatch'),
    'healthy',
  ],
  [
    'decoy: a job whose first pod failed',
    [
      job(
        'load',
        podSpec(),
        [
          { phase: 'Failed', state: { terminated: ended(1) } },
          { phase: 'Succeeded', state: { terminated: ended(0, 'Completed') } },
        ],
        { status: { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] } },
      ),
    ],
    'Job shop/load',
    says('job failed'),
    'healthy',
  ],
]
describe('incidents two hops away, and trouble that is over', () => {
  it.each(cases)('%s', async (_n, objects, target, alert, expected) => {
    const found = await run(objects, target, alert)
    const o = found.rootCause?.object
    const text = found.healthy
      ? 'healthy'
      : o
        ? `${o.kind} ${o.namespace ? o.namespace + '/' : ''}${o.name}: ${found.rootCause!.field}`
        : `none: ${found.problems[0]?.rule} ${found.problems[0]?.summary.slice(0, 100)}`
    expect(text).toSatisfy((said: string) => (typeof expected === 'string' ? said === expected : expected.test(said)))
  })
})
