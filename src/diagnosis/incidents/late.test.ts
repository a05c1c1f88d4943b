import { describe, expect, it } from 'vitest'
import {
  ago,
  run,
  configMap,
  crashing,
  deployment,
  edited,
  ended,
  event,
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
const c = cm('conf', '/etc/conf')
const editedMap = (name: string, data: any) =>
  configMap(name, data, edited({ 'f:data': { [`f:${Object.keys(data)[0]}`]: {} } }, ago('22m')))
const custom = (apiVersion: string, kind: string, name: string, spec: any, status: any, metadata: any = {}) =>
  object(apiVersion, kind, name, { spec, status, metadata })
const no = (type: string, reason: string, message: string) => ({ type, status: 'False', reason, message, lastTransitionTime: ago('30m') })
const daemon = (name: string, spec: any, states: [string, PodState][]): any[] => [
  object('apps/v1', 'DaemonSet', name, {
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec } },
    status: { desiredNumberScheduled: states.length, numberReady: states.filter(([, s]) => s.ready).length },
  }),
  ...states.map(([on, state], i) =>
    pod(
      `${name}-${i}`,
      spec,
      { ...state, node: on },
      {
        labels: { app: name },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid: `uid-DaemonSet-${name}`, controller: true }],
      },
    ),
  ),
]
const sys = (o: any) => ({ ...o, metadata: { ...o.metadata, namespace: 'kube-system' } })
const coredns = (corefile: string, log: string) => [
  sys(service('kube-dns', { app: 'coredns' }, [{ port: 53 }])),
  ...deployment(
    'coredns',
    podSpec(
      { args: ['-conf', '/etc/coredns/Corefile'], volumeMounts: [{ name: 'c', mountPath: '/etc/coredns' }] },
      { volumes: [{ name: 'c', configMap: { name: 'coredns' } }] },
    ),
    [rep(log)],
  ).map(sys),
  sys(configMap('coredns', { Corefile: corefile }, edited({ 'f:data': { 'f:Corefile': {} } }, ago('22m')))),
]
const cases: Case[] = [
  [
    'an upstream resolver with a typo (public name), stub domain',
    [
      dep('web', env(['API', 'https://erp.corp.example']), rep('dial tcp: lookup erp.corp.example on 10.96.0.10:53: server misbehaving')),
      ...coredns(
        '.:53 {\n  forward . /etc/resolv.conf\n}\ncorp.example:53 {\n  forward . 10.9.9.9\n}',
        '[ERROR] plugin/errors: 2 erp.corp.example. A: read udp 10.1.1.1:4->10.9.9.9:53: i/o timeout',
      ),
    ],
    T,
    says('errors'),
    'ConfigMap kube-system/coredns: data.Corefile',
  ],
  [
    'rewrite in Corefile to nowhere',
    [
      dep('web', env(['API', 'http://api.shop.internal']), rep('getaddrinfo ENOTFOUND api.shop.internal')),
      service('api', { app: 'api' }),
      dep('api'),
      ...coredns(
        '.:53 {\n  rewrite name suffix .shop.internal .shopp.svc.cluster.local\n}',
        '[INFO] 10.1.1.1:3 - 3 "A IN api.shop.internal. udp 40 false 512" NXDOMAIN qr,aa,rd 133 0.0001s',
      ),
    ],
    T,
    says('errors'),
    /ConfigMap kube-system\/coredns: data.Corefile/,
  ],
  [
    'too many mysql connections since HPA of another',
    [
      dep('web', env(['DB_HOST', 'mysql']), rep('ER_CON_COUNT_ERROR: Too many connections')),
      service('mysql', { app: 'mysql' }, [{ port: 3306 }]),
      dep('mysql', { args: ['--max-connections=60'] }),
      deployment('feed', podSpec(env(['DB_HOST', 'mysql'], ['DB_POOL', '50'])), [running], {
        before: podSpec(env(['DB_HOST', 'mysql'], ['DB_POOL', '5'])),
        changed: ago('30m'),
      }),
    ],
    T,
    says('errors'),
    /Deployment shop\/feed: .*DB_POOL/,
  ],
  [
    'nobody changed: the server takes too few',
    [
      dep('web', env(['DB_HOST', 'mysql']), rep('ER_CON_COUNT_ERROR: Too many connections')),
      service('mysql', { app: 'mysql' }, [{ port: 3306 }]),
      dep('mysql', { args: ['--max-connections=60'] }),
    ],
    T,
    says('errors'),
    /Deployment shop\/mysql: .*args\[0\]/,
  ],
  [
    'client certificate ran out',
    [
      dep(
        'web',
        { ...env(['MQ', 'amqps://mq:5671']), volumeMounts: [{ name: 't', mountPath: '/tls' }] },
        rep('[error] amqps://mq:5671: remote error: tls: expired certificate'),
        {},
        { volumes: [{ name: 't', secret: { secretName: 'web-client-tls' } }] },
      ),
      service('mq', { app: 'mq' }, [{ port: 5671 }]),
      dep(
        'mq',
        {},
        rep('TLS server: In state certify received CLIENT ALERT: certificate expired'),
        {},
        { volumes: [{ name: 's', secret: { secretName: 'mq-tls' } }] },
      ),
    ],
    T,
    says('errors'),
    /Secret shop\/(web-client-tls|mq-tls)/,
  ],
  [
    'CA bundle in a ConfigMap that was not rotated',
    [
      dep(
        'web',
        { ...env(['API', 'https://api'], ['CA_FILE', '/etc/conf/ca.crt']), ...c.app },
        rep('Post "https://api/v1": tls: failed to verify certificate: x509: certificate signed by unknown authority'),
        {},
        c.pod,
      ),
      configMap('conf', { 'ca.crt': 'x' }),
      service('api', { app: 'api' }, [{ port: 443 }]),
      dep('api', {}, running, {}, { volumes: [{ name: 's', secret: { secretName: 'api-tls' } }] }),
      object('v1', 'Secret', 'api-tls', { type: 'kubernetes.io/tls', metadata: edited({ 'f:data': { 'f:tls.crt': {} } }, ago('22m')) }),
    ],
    T,
    says('errors'),
    /ConfigMap shop\/conf: data\[ca\.crt\]|Secret shop\/api-tls|CA_FILE/,
  ],
  [
    'mongodb upgrade refuses an option in args',
    [
      deployment(
        'web',
        podSpec({ args: ['--storageEngine', 'mmapv1'], image: 'mongo:7' }),
        [crashing(2, "Error parsing command line: unrecognised option '--storageEngine=mmapv1'")],
        { before: podSpec({ args: ['--storageEngine', 'mmapv1'], image: 'mongo:3' }) },
      ),
    ],
    T,
    null,
    /args\[|image/,
  ],
  [
    'grafana provisioning refuses a datasource file',
    [
      dep(
        'web',
        c.app,
        crashing(
          1,
          'logger=provisioning level=error msg="Failed to provision data sources" error="Datasource provisioning error: datasource.yaml config is invalid. Only one datasource per organization can be marked as default"',
        ),
        {},
        c.pod,
      ),
      configMap('conf', { 'datasource.yaml': 'datasources: []', 'dash.yaml': 'x' }),
    ],
    T,
    null,
    'ConfigMap shop/conf: data[datasource.yaml]',
  ],
  [
    'traefik refuses its static configuration',
    [
      dep(
        'web',
        { ...c.app, args: ['--configfile=/etc/conf/traefik.yml'] },
        crashing(1, '2026/05/01 11:58:00 command traefik error: field not found, node: swarmMode'),
        {},
        c.pod,
      ),
      configMap('conf', { 'traefik.yml': 'swarmMode: true', 'dyn.yml': 'x' }),
    ],
    T,
    null,
    'ConfigMap shop/conf: data[traefik.yml]',
  ],
  [
    'a node whose kubelet folder is elsewhere',
    [
      daemon(
        'csi',
        podSpec(
          { args: ['--kubelet-dir=/var/lib/kubelet'] },
          { hostNetwork: true, volumes: [{ name: 'k', hostPath: { path: '/var/lib/kubelet/plugins', type: 'Directory' } }] },
        ),
        [
          ['n1', running],
          ['n2', waiting('ContainerCreating')],
        ],
      ),
      node('n1'),
      node('n2'),
      event(
        pod('csi-1', podSpec()),
        'FailedMount',
        'MountVolume.SetUp failed for volume "k" : hostPath type check failed: /var/lib/kubelet/plugins is not a directory',
      ),
    ],
    'DaemonSet shop/csi',
    says('rollout stuck'),
    /DaemonSet shop\/csi: spec\.template\.spec\.volumes\[name=k\]/,
  ],
  [
    'a report that is late: its CronJob’s time zone',
    [
      dep('web'),
      object('batch/v1', 'CronJob', 'daily-report', {
        spec: { schedule: '0 6 31 2 *', jobTemplate: { spec: { template: { spec: { ...podSpec(), restartPolicy: 'Never' } } } } },
      }),
    ],
    T,
    says('No daily report was sent since yesterday.'),
    'CronJob shop/daily-report: spec.schedule',
  ],
  [
    'decoy: a database that was restarted, and its callers which said so',
    [
      dep('web', env(['DB', 'postgres://db:5432/x']), {
        ...running,
        log: [
          ...Array.from(
            { length: 30 },
            (_, i) =>
              `2026-05-01 11:${String(20 + Math.floor(i / 6)).padStart(2, '0')}:${String((i % 6) * 10).padStart(2, '0')} ERROR could not connect to server: Connection refused`,
          ),
          ...Array.from({ length: 20 }, (_, i) => `2026-05-01 11:${30 + i}:00 INFO order stored`),
        ].join('\n'),
      }),
      service('db', { app: 'db' }, [{ port: 5432 }]),
      dep(
        'db',
        {},
        {
          ready: true,
          since: ago('4d'),
          state: { running: { startedAt: ago('34m') } },
          restarts: 1,
          last: ended(0, 'Completed', { startedAt: ago('4d'), finishedAt: ago('40m') }),
        },
      ),
    ],
    T,
    says('errors'),
    'healthy',
  ],

  [
    'CertificateRequest denied by issuer that does not exist',
    [
      (() => {
        const l = dep('web', {}, waiting('ContainerCreating'), {}, { volumes: [{ name: 't', secret: { secretName: 'web-tls' } }] })
        return [
          ...l,
          event(
            l.find((o) => o.kind === 'Pod')!,
            'FailedMount',
            'MountVolume.SetUp failed for volume "t" : secret "web-tls" not found',
          ),
        ]
      })(),
      custom(
        'cert-manager.io/v1',
        'Certificate',
        'web-tls',
        { secretName: 'web-tls', issuerRef: { name: 'corp-ca', kind: 'ClusterIssuer' } },
        { conditions: [no('Ready', 'DoesNotExist', 'Issuing certificate as Secret does not exist')] },
      ),
      custom(
        'cert-manager.io/v1',
        'CertificateRequest',
        'web-tls-1',
        { issuerRef: { name: 'corp-ca', kind: 'ClusterIssuer' } },
        { conditions: [no('Ready', 'Pending', 'Referenced "ClusterIssuer" not found: clusterissuer.cert-manager.io "corp-ca" not found')] },
        {
          ownerReferences: [
            { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', name: 'web-tls', uid: 'uid-Certificate-web-tls', controller: true },
          ],
        },
      ),
    ],
    T,
    null,
    /Certificate shop\/web-tls: spec\.issuerRef(\.name)?$/,
  ],
  [
    'ExternalSecret names a store that is not there',
    [
      dep(
        'web',
        { env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 'web-key', key: 'k' } } }] },
        waiting('CreateContainerConfigError', 'secret "web-key" not found'),
      ),
      custom(
        'external-secrets.io/v1',
        'ExternalSecret',
        'web-key',
        {
          secretStoreRef: { name: 'vault-prd', kind: 'SecretStore' },
          target: { name: 'web-key' },
          data: [{ secretKey: 'k', remoteRef: { key: 'web/key' } }],
        },
        {
          conditions: [
            no(
              'Ready',
              'SecretSyncedError',
              'could not get SecretStore "vault-prd", SecretStore.external-secrets.io "vault-prd" not found',
            ),
          ],
        },
      ),
    ],
    T,
    null,
    /ExternalSecret shop\/web-key: spec\.secretStoreRef(\.name)?$/,
  ],
  [
    'ExternalSecret whose property is not in the entry',
    [
      dep(
        'web',
        { env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 'web-key', key: 'k' } } }] },
        waiting('CreateContainerConfigError', 'secret "web-key" not found'),
      ),
      custom(
        'external-secrets.io/v1',
        'ExternalSecret',
        'web-key',
        {
          secretStoreRef: { name: 'vault' },
          target: { name: 'web-key' },
          data: [{ secretKey: 'k', remoteRef: { key: 'web/key', property: 'passwd' } }],
        },
        {
          conditions: [
            no(
              'Ready',
              'SecretSyncedError',
              'error retrieving secret at .data[0], key: web/key, err: property passwd does not exist in key web/key',
            ),
          ],
        },
      ),
    ],
    T,
    null,
    /ExternalSecret shop\/web-key: spec\.data\[.*\]\.remoteRef\.property/,
  ],
  [
    'a KEDA ScaledObject whose trigger fails',
    [
      dep('web'),
      custom(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'web',
        { scaleTargetRef: { name: 'web' }, triggers: [{ type: 'rabbitmq', metadata: { queueName: 'orderz', hostFromEnv: 'AMQP' } }] },
        { conditions: [no('Ready', 'ScaledObjectCheckFailed', 'error getting queue info: Object Not Found: queue "orderz" not found')] },
      ),
    ],
    T,
    says('queue grows'),
    /ScaledObject shop\/web: spec\.triggers\[.*queueName/,
  ],
  [
    'kafka consumer lag since a scale down of another',
    [
      deployment('mailer', podSpec(env(['AMQP_URL', 'amqp://mq:5672'])), [], { replicas: 0 }),
      service('mq', { app: 'mq' }, [{ port: 5672 }]),
      dep('mq'),
      object('v1', 'Namespace', 'shop', { metadata: { namespace: undefined } }),
    ],
    'Namespace shop',
    { labels: { namespace: 'shop', queue: 'mail' }, annotations: { description: 'Queue mail has 4000 messages and no consumer.' } },
    'Deployment shop/mailer: spec.replicas',
  ],
  [
    'plain text sent to TLS port of the database',
    [
      dep(
        'web',
        env(['DATABASE_URL', 'postgres://db:5432/app?sslmode=disable']),
        rep('FATAL: no pg_hba.conf entry for host "10.1.1.1", user "app", database "app", no encryption'),
      ),
      service('db', { app: 'db' }, [{ port: 5432 }]),
      dep('db', c.app, running, {}, c.pod),
      editedMap('conf', { 'pg_hba.conf': 'hostssl all all 0.0.0.0/0 scram-sha-256' }),
    ],
    T,
    says('errors'),
    /ConfigMap shop\/conf: data\[pg_hba.conf\]|env\[name=DATABASE_URL\]/,
  ],
  [
    'rate limit of a gateway in a ConfigMap',
    [
      dep('web', env(['API', 'http://gw']), rep('ERROR upstream http://gw/v1 answered 429 Too Many Requests')),
      service('gw', { app: 'gw' }),
      dep('gw', c.app, rep('2026/05/01 11:59:00 [error] 7#7: *12 limiting requests, excess: 5.120 by zone "perip"'), {}, c.pod),
      editedMap('conf', { 'nginx.conf': 'http {\n  limit_req_zone $a zone=perip:1m rate=1r/s;\n}' }),
    ],
    T,
    says('errors'),
    'ConfigMap shop/conf: data[nginx.conf]',
  ],
  [
    'an init container that migrates and lacks a column type',
    [
      deployment(
        'web',
        { initContainers: [{ name: 'migrate', image: 'x:1' }], containers: [{ name: 'app', image: 'x:1' }] },
        [
          {
            phase: 'Pending',
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            last: ended(1),
            restarts: 6,
            previous: 'ERROR: type "vector" does not exist\nmigration 12 failed',
            log: 'x',
          },
        ],
        { before: { initContainers: [{ name: 'migrate', image: 'x:0' }], containers: [{ name: 'app', image: 'x:0' }] } },
      ),
    ],
    T,
    null,
    /Deployment shop\/web: .*image/,
  ],
  [
    'file descriptor limit by sysctl',
    [dep('web', {}, crashing(1, 'sysctl: error setting key "net.core.somaxconn": Read-only file system'))],
    T,
    null,
    /Deployment shop\/web/,
  ],
  [
    'a liveness probe on a port that the new version moved',
    [
      (() => {
        const l = deployment(
          'web',
          podSpec({ livenessProbe: { httpGet: { path: '/', port: 8080 } }, env: [{ name: 'PORT', value: '9090' }] }),
          [crashing(137, 'INFO listening on :9090')],
          { before: podSpec({ livenessProbe: { httpGet: { path: '/', port: 8080 } }, env: [{ name: 'PORT', value: '8080' }] }) },
        )
        const p = l.find((o) => o.kind === 'Pod' && o.metadata.name.includes('r2'))!
        return [
          ...l,
          event(p, 'Unhealthy', 'Liveness probe failed: Get "http://10.0.0.1:8080/": dial tcp 10.0.0.1:8080: connect: connection refused', {
            container: 'app',
          }),
          event(p, 'Killing', 'Container app failed liveness probe, will be restarted', { container: 'app' }),
        ]
      })(),
    ],
    T,
    null,
    /livenessProbe\.httpGet\.port|env\[name=PORT\]/,
  ],
  [
    'decoy: HPA at its maximum, and all is well',
    [
      dep('web', {}, running),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 1 },
        status: {
          currentReplicas: 1,
          desiredReplicas: 1,
          conditions: [
            { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' },
            { type: 'AbleToScale', status: 'True' },
            { type: 'ScalingActive', status: 'True' },
          ],
        },
      }),
    ],
    T,
    says('Certificate rotated'),
    'healthy',
  ],
  [
    'decoy: a leader that changed',
    [
      dep(
        'web',
        {},
        {
          ...running,
          log: [
            'E0501 09:00:00.1 1 leaderelection.go:330] error retrieving resource lock: Get "https://10.96.0.1:443": context deadline exceeded',
            ...Array.from({ length: 20 }, (_, i) => `I0501 11:${10 + i}:00.1 1 sync.go:1] synced`),
          ].join('\n'),
        },
      ),
    ],
    T,
    says('controller'),
    'healthy',
  ],
  [
    'decoy: old suspended CronJob beside a late alert of other work',
    [
      dep('web'),
      object('batch/v1', 'CronJob', 'cleanup', {
        spec: {
          schedule: '0 2 * * *',
          suspend: true,
          jobTemplate: { spec: { template: { spec: { ...podSpec(), restartPolicy: 'Never' } } } },
        },
      }),
    ],
    T,
    says('The last heartbeat of web is 3 minutes old.'),
    'healthy',
  ],
  [
    'decoy: evicted pods that were replaced',
    [
      dep('web', {}, running),
      pod(
        'web-r1-old',
        podSpec(),
        { phase: 'Failed', ready: false, status: { reason: 'Evicted', message: 'The node was low on resource: memory.' } },
        {
          labels: { app: 'web' },
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-r1', uid: 'uid-ReplicaSet-web-r1', controller: true }],
        },
      ),
    ],
    T,
    says('evicted'),
    'healthy',
  ],
]
describe('incidents of custom resources, configuration and time, and what only looks like one', () => {
  it.each(cases)('%s', async (_n, objects, target, alert, expected) => {
    const found = await run(objects, target, alert)
    const o = found.rootCause?.object
    const text = found.healthy
      ? 'healthy'
      : o
        ? `${o.kind} ${o.namespace ? `${o.namespace}/` : ''}${o.name}: ${found.rootCause!.field}`
        : `none: ${found.problems[0]?.rule} ${found.problems[0]?.summary.slice(0, 100)}`
    expect(text).toSatisfy((said: string) => (typeof expected === 'string' ? said === expected : expected.test(said)))
  })
})
