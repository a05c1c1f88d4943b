import { describe, expect, it } from 'vitest'
import {
  ago,
  cause,
  configMap,
  crashing,
  deployment,
  edited,
  event,
  node,
  object,
  pod,
  podSpec,
  running,
  service,
  unplaced,
  unready,
  waiting,
} from '../fixtures.ts'
const rep = (line: string, n = 9): any => ({ ...running, log: Array.from({ length: n }, () => line).join('\n') })
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
const T = 'Deployment shop/web'
/** What happened, the cluster, what the alert is about, and what a person has to change. */
type Case = [string, any[], string, RegExp | string]
const web = (app: any, state: any, more: any = {}, pod: any = {}) =>
  deployment('web', podSpec(app, pod), Array.isArray(state) ? state : [state], more)
const dep = (name: string, app: any = {}, more: any = {}, pod: any = {}, state: any = running) =>
  deployment(name, podSpec(app, pod), [state], more)
const svc = (name: string, port = 80, rest: any = {}) => service(name, { app: name }, [{ port }], rest)
const cm = (name: string) => ({ volumes: [{ name: 'c', configMap: { name } }] })
const mount = (path: string) => ({ volumeMounts: [{ name: 'c', mountPath: path }] })
const ing = (spec: any, metadata: any = {}) =>
  object('networking.k8s.io/v1', 'Ingress', 'web', {
    metadata,
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'shop.example',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
        },
      ],
      ...spec,
    },
  })
const nginxClass = object('networking.k8s.io/v1', 'IngressClass', 'nginx', {
  metadata: { namespace: undefined },
  spec: { controller: 'k8s.io/ingress-nginx' },
})
const ctl = (line: string, n = 9) =>
  deployment('ingress-nginx-controller', podSpec({ image: 'registry.k8s.io/ingress-nginx/controller:v1.13.3' }), [rep(line, n)])
const web0 = [web({}, running), svc('web')]
const cases: Case[] = [
  [
    'pgbouncer pool',
    [
      web(
        env(['DATABASE_URL', 'postgres://pgbouncer:6432/app']),
        rep('ERROR: query_wait_timeout (SQLSTATE 08P01) connecting to pgbouncer:6432'),
      ),
      dep(
        'pgbouncer',
        mount('/etc/pgbouncer'),
        {},
        cm('pgb'),
        rep('LOG C-0x55: app/app@10.1.1.1:4000 closing because: query_wait_timeout (age=120s)'),
      ),
      svc('pgbouncer', 6432),
      configMap('pgb', { 'pgbouncer.ini': '[pgbouncer]\npool_mode = session\ndefault_pool_size = 2\nquery_wait_timeout = 120\n' }),
    ],
    T,
    'ConfigMap shop/pgb',
  ],
  [
    'pg max conn conf',
    [
      web(env(['DATABASE_URL', 'postgres://db:5432/app']), rep('FATAL: sorry, too many clients already')),
      dep('db', { args: ['-c', 'max_connections=20'] }),
      svc('db', 5432),
    ],
    T,
    'Deployment shop/db: spec.template.spec.containers[name=app].args[1]',
  ],
  [
    'kafka acl',
    [
      web(
        env(['KAFKA_BROKERS', 'kafka:9092'], ['KAFKA_USERNAME', 'orders']),
        rep('ERROR org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized to access topics: [payments]'),
      ),
      dep('kafka'),
      svc('kafka', 9092),
    ],
    T,
    'KAFKA_USERNAME',
  ],
  [
    'kafka message bytes',
    [
      web(
        env(['KAFKA_BROKERS', 'kafka:9092'], ['KAFKA_MAX_REQUEST_SIZE', '5242880']),
        rep('ERROR RecordTooLargeException: The request included a message larger than the max message size the server will accept.'),
      ),
      dep('kafka', env(['KAFKA_CFG_MESSAGE_MAX_BYTES', '100000']), {
        before: podSpec(env(['KAFKA_CFG_MESSAGE_MAX_BYTES', '5000000'])),
        oldPods: [],
      }),
      svc('kafka', 9092),
    ],
    T,
    'KAFKA_CFG_MESSAGE_MAX_BYTES',
  ],
  [
    'es flood',
    [
      web(
        env(['ES_URL', 'http://es:9200']),
        rep(
          'ERROR cluster_block_exception: index [logs] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
        ),
      ),
      dep(
        'es',
        { volumeMounts: [{ name: 'd', mountPath: '/data' }] },
        {},
        { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'es-data' } }] },
        rep(
          'WARN flood stage disk watermark [95%] exceeded on [x][es-0][/data] free: 400mb[4%], all indices on this node will be marked read-only',
        ),
      ),
      svc('es', 9200),
      object('v1', 'PersistentVolumeClaim', 'es-data', {
        spec: { resources: { requests: { storage: '10Gi' } } },
        status: { phase: 'Bound' },
      }),
    ],
    T,
    'PersistentVolumeClaim shop/es-data',
  ],
  [
    'rabbit alarm',
    [
      web(env(['AMQP_URL', 'amqp://mq:5672']), rep('WARN publish blocked: connection.blocked low on memory (mq:5672)')),
      dep(
        'mq',
        env(['RABBITMQ_VM_MEMORY_HIGH_WATERMARK', '0.05']),
        {},
        {},
        rep('[warning] <0.9.0> memory resource limit alarm set on node rabbit@mq. Publishers will be blocked until this alarm clears'),
      ),
      svc('mq', 5672),
    ],
    T,
    'RABBITMQ_VM_MEMORY_HIGH_WATERMARK',
  ],
  [
    'ingress auth-url',
    [
      nginxClass,
      ...web0,
      ing({}, { annotations: { 'nginx.ingress.kubernetes.io/auth-url': 'http://oauth.auth.svc/verify' } }),
      ctl(
        '2026/05/01 [error] 31#31: *7 auth request unexpected status: 502 while sending to client, client: 10.0.0.1, server: shop.example, host: "shop.example"',
      ),
    ],
    'Ingress shop/web',
    'auth-url',
  ],
  [
    'ingress backend-protocol',
    [
      nginxClass,
      ...web0,
      ing({}, { annotations: { 'nginx.ingress.kubernetes.io/backend-protocol': 'HTTPS' } }),
      ctl(
        '2026/05/01 [error] 31#31: *7 SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream, client: 10.0.0.1, server: shop.example, upstream: "https://10.1.1.1:8080/", host: "shop.example"',
      ),
    ],
    'Ingress shop/web',
    'backend-protocol',
  ],
  [
    'ingress 504',
    [
      nginxClass,
      ...web0,
      ing({}, { annotations: { 'nginx.ingress.kubernetes.io/proxy-read-timeout': '3' } }),
      ctl(
        '2026/05/01 [error] 31#31: *7 upstream timed out (110: Operation timed out) while reading response header from upstream, client: 10.0.0.1, server: shop.example, upstream: "http://10.1.1.1:8080/", host: "shop.example"',
      ),
    ],
    'Service shop/web',
    'proxy-read-timeout',
  ],
  [
    'ingress tls host',
    [
      nginxClass,
      ...web0,
      ing({ tls: [{ hosts: ['www.shop.example'], secretName: 'tls' }] }),
      object('v1', 'Secret', 'tls', { data: { 'tls.crt': '' } }),
      ctl(
        'W0501 controller.go:1 Unexpected error validating SSL certificate "shop/tls" for server "shop.example": x509: certificate is valid for www.shop.example, not shop.example',
      ),
    ],
    'Ingress shop/web',
    /tls/,
  ],
  [
    'ingress ssl redirect loop',
    [
      nginxClass,
      ...web0,
      ing(
        {},
        {
          annotations: { 'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true' },
          ...edited({ 'f:metadata': { 'f:annotations': { 'f:nginx.ingress.kubernetes.io/force-ssl-redirect': {} } } }),
        },
      ),
      ctl('10.0.0.1 - - [01/May/2026:11:59:00 +0000] "GET /a HTTP/1.1" 308 164 "-" "-" 711 0.000 [shop-web-80] [] - - - - 5f'),
    ],
    'Ingress shop/web',
    'force-ssl-redirect',
  ],
  [
    'ingress path edited 404',
    [
      nginxClass,
      ...web0,
      ing({}, edited({ 'f:spec': { 'f:rules': {} } })),
      ctl('10.0.0.1 - - [01/May/2026:11:59:00 +0000] "GET /a HTTP/1.1" 404 164 "-" "-" 711 0.000 [shop-web-80] [] - - - - 5f'),
    ],
    'Ingress shop/web',
    'spec.rules',
  ],
  [
    'LB source ranges',
    [
      web({}, running),
      svc('web', 80, {
        spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }], loadBalancerSourceRanges: ['10.0.0.0/8'] },
        status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } },
        metadata: edited({ 'f:spec': { 'f:loadBalancerSourceRanges': {} } }),
      }),
    ],
    'Service shop/web',
    'loadBalancerSourceRanges',
  ],
  [
    'etp local',
    [
      web({}, running),
      svc('web', 80, {
        spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }], externalTrafficPolicy: 'Local' },
        status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } },
        metadata: edited({ 'f:spec': { 'f:externalTrafficPolicy': {} } }),
      }),
      node('n1'),
      node('n2'),
    ],
    'Service shop/web',
    'externalTrafficPolicy',
  ],
  [
    'wrong upstream port in nginx conf',
    [
      web(
        { ...mount('/etc/nginx/conf.d'), ports: [{ containerPort: 80 }] },
        rep(
          '2026/05/01 11:00:00 [error] 29#29: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.1.1.1, server: _, request: "GET / HTTP/1.1", upstream: "http://10.96.0.9:8081/", host: "x"',
        ),
        {},
        cm('conf'),
      ),
      configMap('conf', { 'default.conf': 'server { location / { proxy_pass http://api:8081; } }' }),
      dep('api', { ports: [{ containerPort: 8080 }] }),
      svc('api', 8080),
    ],
    T,
    'ConfigMap shop/conf',
  ],
  [
    'postStart fails',
    [
      web(
        { lifecycle: { postStart: { exec: { command: ['/bin/warm', 'up'] } } } },
        waiting(
          'PostStartHookError',
          'Exec lifecycle hook ([/bin/warm up]) for Container "app" in Pod "web" failed - error: command \'/bin/warm up\' exited with 127: , message: "sh: /bin/warm: not found"',
        ),
      ),
    ],
    T,
    'postStart',
  ],
  [
    'mount hides app',
    [
      web(
        { command: ['node', '/app/server.js'], ...mount('/app') },
        crashing(1, "Error: Cannot find module '/app/server.js'"),
        {},
        { volumes: [{ name: 'c', emptyDir: {} }] },
      ),
    ],
    T,
    /volumeMounts\[mountPath=\/app\]/,
  ],
  [
    'csi secret store',
    [
      web(
        {},
        { ...waiting('ContainerCreating') },
        {},
        { volumes: [{ name: 's', csi: { driver: 'secrets-store.csi.k8s.io', volumeAttributes: { secretProviderClass: 'web-secrets' } } }] },
      ),
    ]
      .flat()
      .flatMap((o: any) =>
        o.kind === 'Pod'
          ? [
              o,
              event(
                o,
                'FailedMount',
                'MountVolume.SetUp failed for volume "s" : rpc error: code = Unknown desc = failed to get secretproviderclass shop/web-secrets, error: SecretProviderClass.secrets-store.csi.x-k8s.io "web-secrets" not found',
              ),
            ]
          : [o],
      ),
    T,
    /secretProviderClass|volumes/,
  ],
  [
    'sysctl forbidden',
    [
      web(
        {},
        {
          phase: 'Failed',
          state: { waiting: { reason: 'ContainerCreating' } },
          status: {
            phase: 'Failed',
            reason: 'SysctlForbidden',
            message: 'Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted',
          },
        },
        {},
        { securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '4096' }] } },
      ),
    ],
    T,
    /sysctls/,
  ],
  [
    'appArmor pod rejected',
    [
      web(
        {},
        {
          phase: 'Pending',
          state: { waiting: { reason: 'CreateContainerError', message: 'failed to create containerd container: AppArmor is not enabled' } },
        },
      ),
    ],
    T,
    /securityContext|appArmor/i,
  ],
  [
    'secret subPath key',
    [
      web(
        { volumeMounts: [{ name: 'c', mountPath: '/etc/app/ca.crt', subPath: 'ca.crt' }] },
        crashing(1, 'open /etc/app/ca.crt: is a directory'),
        {},
        { volumes: [{ name: 'c', secret: { secretName: 'tls' } }] },
      ),
    ],
    T,
    /volumeMounts|tls/,
  ],
  [
    'init wrong db wait',
    [
      deployment(
        'web',
        podSpec(
          {},
          {
            initContainers: [
              { name: 'wait', image: 'busybox', command: ['sh', '-c', 'until nc -z postgress 5432; do echo waiting; sleep 2; done'] },
            ],
          },
        ),
        [{ phase: 'Pending', state: { running: { startedAt: ago('20m') } }, log: "waiting\nnc: bad address 'postgress'" }],
      ),
      dep('postgres'),
      svc('postgres', 5432),
    ],
    T,
    /initContainers\[name=wait\].command/,
  ],
  [
    'oom java heap vs limit',
    [
      web(
        { ...env(['JAVA_OPTS', '-Xmx2g']), resources: { limits: { memory: '1Gi' } } },
        {
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          last: { exitCode: 137, reason: 'OOMKilled', startedAt: ago('5m'), finishedAt: ago('2m') },
          restarts: 5,
        },
      ),
    ],
    T,
    /JAVA_OPTS|limits.memory/,
  ],
  [
    'grafana db migration user',
    [
      web(
        env(['GF_DATABASE_USER', 'ro'], ['GF_DATABASE_HOST', 'db:5432']),
        crashing(1, 'Error: ✗ migration failed (id = create user table): pq: permission denied for schema public'),
      ),
      dep('db'),
      svc('db', 5432),
    ],
    T,
    'GF_DATABASE_USER',
  ],
  [
    'jwks url down dependency',
    [
      web(
        env(['JWKS_URL', 'http://idp/realms/a/certs']),
        rep('ERROR could not fetch JWKS from http://idp/realms/a/certs: status code 503'),
      ),
      dep('idp', {}, {}, {}, unready),
      svc('idp'),
    ],
    T,
    /idp/,
  ],
  [
    'consumer stuck dep crash',
    [
      web(
        env(['BROKER_URL', 'redis://cache:6379/0']),
        rep(
          'ERROR/MainProcess] consumer: Cannot connect to redis://cache:6379/0: Error 111 connecting to cache:6379. Connection refused..',
        ),
      ),
      dep(
        'cache',
        { args: ['--maxmemry', '1'] },
        {},
        {},
        crashing(1, '*** FATAL CONFIG FILE ERROR ***\n>>> \'maxmemry "1"\'\nBad directive or wrong number of arguments'),
      ),
      svc('cache', 6379),
    ],
    T,
    'Deployment shop/cache',
  ],
  [
    'certificate of webhook server expired secret',
    [
      web(
        env(['DB_HOST', 'db'], ['PGSSLROOTCERT', '/etc/ca/ca.crt']),
        rep(
          'ERROR x509: certificate has expired or is not yet valid: current time 2026-05-01T11:00:00Z is after 2026-04-30T00:00:00Z connecting to db:5432',
        ),
      ),
      dep(
        'db',
        { volumeMounts: [{ name: 't', mountPath: '/etc/tls' }] },
        {},
        { volumes: [{ name: 't', secret: { secretName: 'db-tls' } }] },
      ),
      svc('db', 5432),
    ],
    T,
    /db-tls/,
  ],
  [
    'nodeport conflicting',
    [
      web(
        { ports: [{ containerPort: 80, hostPort: 80 }] },
        unplaced("0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports."),
      ),
    ],
    T,
    /hostPort/,
  ],
  [
    'generic python app conf',
    [
      web(
        mount('/app/config'),
        crashing(
          1,
          "pydantic.error_wrappers.ValidationError: 1 validation error for Settings\nretry_policy\n  value is not a valid enumeration member; permitted: 'linear', 'exp' (type=type_error.enum; given=quadratic)",
        ),
        {},
        cm('conf'),
      ),
      configMap('conf', { 'settings.yaml': 'retry_policy: quadratic\nworkers: 4' }),
    ],
    T,
    'ConfigMap shop/conf',
  ],
  [
    'spring bean profile',
    [
      web(
        env(['SPRING_PROFILES_ACTIVE', 'prdo'], ['X', 'y']),
        crashing(
          1,
          "Description:\nFailed to configure a DataSource: 'url' attribute is not specified and no embedded datasource could be configured.\nReason: Failed to determine a suitable driver class\nAction: If you have database settings to be loaded from a particular profile you may need to activate it (the profiles prdo are currently active).",
        ),
      ),
    ],
    T,
    'SPRING_PROFILES_ACTIVE',
  ],
  [
    'vault sealed',
    [
      web(
        env(['VAULT_ADDR', 'http://vault:8200']),
        rep('ERROR Error making API request. URL: GET http://vault:8200/v1/secret/data/a Code: 503. Errors: * Vault is sealed'),
      ),
      object('apps/v1', 'StatefulSet', 'vault', {
        spec: {
          replicas: 1,
          serviceName: 'vault',
          selector: { matchLabels: { app: 'vault' } },
          template: { metadata: { labels: { app: 'vault' } }, spec: podSpec({}) },
        },
        status: { replicas: 1, readyReplicas: 0 },
      }),
      pod(
        'vault-0',
        podSpec({ readinessProbe: { exec: { command: ['vault', 'status'] } } }),
        { ...unready, log: 'core: Vault is sealed\n[INFO] core: security barrier not initialized' },
        {
          labels: { app: 'vault' },
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'vault', uid: 'uid-StatefulSet-vault', controller: true }],
        },
      ),
      svc('vault', 8200),
    ],
    T,
    /vault/,
  ],
  [
    'alert on caller; callee rate limit env',
    [
      web(env(['API_URL', 'http://api:8080']), rep('ERROR GET http://api:8080/price: 429 Too Many Requests')),
      dep('api', env(['RATE_LIMIT_RPS', '5']), { before: podSpec(env(['RATE_LIMIT_RPS', '500'])), oldPods: [] }),
      svc('api', 8080),
    ],
    T,
    'RATE_LIMIT_RPS',
  ],
  [
    'callee timeouts; callee replicas cut',
    [
      web(
        env(['API_URL', 'http://api:8080']),
        rep('ERROR GET http://api:8080/price: context deadline exceeded (Client.Timeout exceeded while awaiting headers)'),
      ),
      dep('api', { resources: { limits: { cpu: '20m' } } }, { before: podSpec({ resources: { limits: { cpu: '1' } } }), oldPods: [] }),
      svc('api', 8080),
    ],
    T,
    /limits.cpu/,
  ],
  [
    'secret missing key at runtime optional',
    [
      web(
        { env: [{ name: 'STRIPE_KEY', valueFrom: { secretKeyRef: { name: 'stripe', key: 'key', optional: true } } }] },
        crashing(1, 'panic: STRIPE_KEY must be set'),
      ),
    ],
    T,
    'STRIPE_KEY',
  ],
  [
    'network policy egress to outside',
    [
      web(
        env(['PAY_URL', 'https://api.pay.example']),
        rep('ERROR Post "https://api.pay.example/v1/charges": dial tcp 203.0.113.4:443: i/o timeout'),
      ),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'egress', {
        spec: {
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: {} }] }, { ports: [{ port: 53, protocol: 'UDP' }] }],
        },
      }),
    ],
    T,
    'NetworkPolicy shop/egress',
  ],
  [
    'netpol pairs namespace label',
    [
      web(env(['DB_HOST', 'db']), rep('ERROR dial tcp 10.96.0.9:5432: i/o timeout connecting to db:5432')),
      dep('db', { ports: [{ containerPort: 5432 }] }),
      svc('db', 5432),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'db', {
        spec: {
          podSelector: { matchLabels: { app: 'db' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { role: 'client' } } }] }],
        },
      }),
    ],
    T,
    'NetworkPolicy shop/db',
  ],
]
describe('incidents on the way of a request and at the start, as they are told', () => {
  it.each(cases)('%s', async (_, objects, target, expected) => {
    const found = await cause(objects, target, { startsAt: ago('10m') })
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text.includes(expected) : expected.test(text)))
  })
})
