import { describe, expect, it } from 'vitest'
import { ago, cause, configMap, crashing, deployment, edited, event, object, pod, podSpec, running, service, unready } from '../fixtures.ts'
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
const cases: Case[] = [
  [
    'redis readonly replica',
    [
      web(
        env(['REDIS_HOST', 'redis-replicas'], ['REDIS_PORT', '6379']),
        rep("ERROR ReplyError: READONLY You can't write against a read only replica."),
      ),
      dep('redis'),
      svc('redis', 6379),
      service('redis-replicas', { app: 'redis' }, [{ port: 6379 }]),
    ],
    T,
    'REDIS_HOST',
  ],
  [
    'redis MISCONF, own log disk',
    [
      web(
        env(['REDIS_URL', 'redis://cache:6379']),
        rep("ERROR MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk."),
      ),
      dep(
        'cache',
        { volumeMounts: [{ name: 'd', mountPath: '/data' }] },
        {},
        { volumes: [{ name: 'd', emptyDir: { sizeLimit: '10Mi' } }] },
        rep(
          '1:M 01 May 2026 * Failed opening the temp RDB file temp-21.rdb (in server root dir /data) for saving: No space left on device',
        ),
      ),
      svc('cache', 6379),
    ],
    T,
    'sizeLimit',
  ],
  [
    'oidc issuer',
    [
      web(
        env(['OIDC_ISSUER', 'https://login.example/realms/shopp'], ['OIDC_CLIENT_ID', 'web']),
        crashing(
          1,
          'oidc: issuer did not match the issuer returned by provider, expected "https://login.example/realms/shopp" got "https://login.example/realms/shop"',
        ),
      ),
    ],
    T,
    'OIDC_ISSUER',
  ],
  [
    's3 region',
    [
      web(
        env(['S3_BUCKET', 'invoices'], ['AWS_REGION', 'us-east-1']),
        rep(
          "ERROR botocore.exceptions.ClientError: An error occurred (AuthorizationHeaderMalformed) when calling the PutObject operation: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
        ),
      ),
    ],
    T,
    'AWS_REGION',
  ],
  [
    'no such bucket',
    [
      web(
        env(['S3_BUCKET', 'invoices-prd'], ['AWS_REGION', 'us-east-1']),
        rep('ERROR NoSuchBucket: The specified bucket does not exist: invoices-prd'),
      ),
    ],
    T,
    'S3_BUCKET',
  ],
  [
    'rabbit vhost',
    [
      web(env(['AMQP_URL', 'amqp://app:x@mq:5672/ordres']), crashing(1, 'Exception (530) Reason: "NOT_ALLOWED - vhost ordres not found"')),
      dep('mq'),
      svc('mq', 5672),
    ],
    T,
    'AMQP_URL',
  ],
  ['timezone', [web(env(['TZ', 'Europe/Berln'], ['A', 'b']), crashing(1, 'panic: unknown time zone Europe/Berln'))], T, /env\[name=TZ\]/],
  [
    'php memory',
    [
      web(
        { ...env(['PHP_MEMORY_LIMIT', '32M']) },
        rep(
          'PHP Fatal error:  Allowed memory size of 33554432 bytes exhausted (tried to allocate 20480 bytes) in /var/www/a.php on line 3',
        ),
      ),
    ],
    T,
    'PHP_MEMORY_LIMIT',
  ],
  [
    'proxy env',
    [
      web(
        env(['HTTPS_PROXY', 'http://proxy.corp.example:3128'], ['PAY_URL', 'https://pay.example']),
        rep('ERROR Post "https://pay.example/v1": proxyconnect tcp: dial tcp: lookup proxy.corp.example on 10.96.0.10:53: no such host'),
      ),
    ],
    T,
    'HTTPS_PROXY',
  ],
  [
    'hostAliases old ip',
    [
      web(
        env(['LDAP_URL', 'ldaps://ldap.corp.example:636']),
        rep('ERROR LDAP Result Code 200 "Network Error": dial tcp 10.7.0.9:636: i/o timeout'),
        {},
        { hostAliases: [{ ip: '10.7.0.9', hostnames: ['ldap.corp.example'] }] },
      ),
    ],
    T,
    'hostAliases',
  ],
  [
    'hostNetwork without DNS',
    [
      web(
        env(['DB_HOST', 'db']),
        crashing(1, 'dial tcp: lookup db on 10.20.0.2:53: no such host'),
        {},
        { hostNetwork: true, dnsPolicy: 'ClusterFirst' },
      ),
      dep('db'),
      svc('db', 5432),
    ],
    T,
    /dnsPolicy|hostNetwork/,
  ],
  [
    'automount token',
    [
      web(
        {},
        crashing(1, 'panic: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory'),
        {},
        { automountServiceAccountToken: false },
      ),
    ],
    T,
    'automountServiceAccountToken',
  ],
  [
    'automount token of SA',
    [
      web(
        {},
        crashing(
          1,
          'unable to load in-cluster configuration: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory',
        ),
        {},
        { serviceAccountName: 'bot' },
      ),
      object('v1', 'ServiceAccount', 'bot', { automountServiceAccountToken: false }),
    ],
    T,
    /automountServiceAccountToken/,
  ],
  [
    'service links',
    [
      web(
        env(['A', 'b']),
        crashing(
          1,
          'Error: invalid value "tcp://10.96.0.9:6379" for REDIS_PORT: strconv.Atoi: parsing "tcp://10.96.0.9:6379": invalid syntax',
        ),
      ),
      dep('redis'),
      svc('redis', 6379),
    ],
    T,
    /enableServiceLinks|redis/,
  ],
  [
    'lock of two',
    [
      deployment(
        'web',
        podSpec(
          { volumeMounts: [{ name: 'd', mountPath: '/prometheus' }] },
          { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'd' } }] },
        ),
        [crashing(1, 'ts=2026 level=error err="opening storage failed: lock DB directory: resource temporarily unavailable"')],
        {
          before: podSpec(
            { image: 'registry.example/app:0.9', volumeMounts: [{ name: 'd', mountPath: '/prometheus' }] },
            { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'd' } }] },
          ),
          oldPods: [running],
        },
      ),
      object('v1', 'PersistentVolumeClaim', 'd', { spec: { accessModes: ['ReadWriteOnce'] }, status: { phase: 'Bound' } }),
    ],
    T,
    /strategy|replicas/,
  ],
  [
    'mongo downgrade',
    [
      web(
        { image: 'docker.io/mongo:5' },
        crashing(
          62,
          '{"s":"F","c":"CONTROL","msg":"Wrong mongod version","attr":{"error":"UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion document (ERROR: Location4926900: Invalid featureCompatibilityVersion document in admin.system.version"}}',
        ),
        { before: podSpec({ image: 'docker.io/mongo:7', args: ['--quiet'] }), oldPods: [] },
      ),
    ],
    T,
    'image',
  ],
  [
    'es downgrade no revision',
    [
      web(
        { image: 'es:8.1', env: [{ name: 'discovery.type', value: 'single-node' }] },
        crashing(1, 'java.lang.IllegalStateException: cannot downgrade a node from version [8.15.0] to version [8.1.0]'),
      ),
    ],
    T,
    'image',
  ],
  [
    'redis RDB',
    [
      web(
        { image: 'redis:6', args: ['--save', '60'] },
        crashing(1, "1:M 01 May 2026 # Can't handle RDB format version 12\n1:M # Fatal error loading the DB, check server logs. Exiting."),
      ),
    ],
    T,
    'image',
  ],
  [
    'kafka cluster id',
    [
      web(
        { image: 'kafka:3', ...env(['KAFKA_CLUSTER_ID', 'abcDEF']) },
        crashing(1, 'java.lang.RuntimeException: Invalid cluster.id in: /data/meta.properties. Expected abcDEF, but read xyzGHI'),
      ),
    ],
    T,
    'KAFKA_CLUSTER_ID',
  ],
  [
    'gunicorn oom hint',
    [web({ args: ['gunicorn', '--timeout', '3', 'app:app'] }, rep('[2026-05-01 11:50:00 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:31)'))],
    T,
    'args[2]',
  ],
  [
    'kafka max poll',
    [
      web(
        env(['KAFKA_MAX_POLL_RECORDS', '5000'], ['KAFKA_BROKERS', 'kafka:9092']),
        rep(
          '[Consumer clientId=c, groupId=g] ERROR consumer poll timeout has expired. This means the time between subsequent calls to poll() was longer than the configured max.poll.interval.ms, which typically implies that the poll loop is spending too much time processing messages. You can address this either by increasing max.poll.interval.ms or by reducing the maximum size of batches returned in poll() with max.poll.records.',
        ),
      ),
      dep('kafka'),
      svc('kafka', 9092),
    ],
    T,
    'KAFKA_MAX_POLL',
  ],
  [
    'mysql read only',
    [
      web(
        env(['DB_HOST', 'mysql-ro']),
        rep('ERROR (HY000): The MySQL server is running with the --read-only option so it cannot execute this statement'),
      ),
      dep('mysql', { args: ['--read-only=1'] }),
      service('mysql-ro', { app: 'mysql' }, [{ port: 3306 }]),
    ],
    T,
    /args\[0\]|DB_HOST/,
  ],
  [
    'smtp',
    [
      web(
        env(['SMTP_HOST', 'smtp.example'], ['SMTP_USER', 'shop']),
        rep('ERROR smtplib.SMTPAuthenticationError: (535, b"5.7.8 Error: authentication failed")'),
      ),
    ],
    T,
    /SMTP/,
  ],
  [
    'license',
    [
      web(
        { volumeMounts: [{ name: 'l', mountPath: '/etc/license' }] },
        crashing(1, 'ERROR license /etc/license/license.key has expired on 2026-04-30'),
        {},
        { volumes: [{ name: 'l', secret: { secretName: 'license' } }] },
      ),
    ],
    T,
    /license/,
  ],
  [
    'shm',
    [web({}, rep('ERROR: could not resize shared memory segment "/PostgreSQL.1804289383" to 8388608 bytes: No space left on device'))],
    T,
    /volume|shm/,
  ],
  [
    'nginx listen moved in ConfigMap',
    [
      web(
        {
          ports: [{ containerPort: 8080 }],
          readinessProbe: { httpGet: { path: '/', port: 8080 } },
          volumeMounts: [{ name: 'c', mountPath: '/etc/nginx/conf.d' }],
        },
        unready,
        {},
        { volumes: [{ name: 'c', configMap: { name: 'conf' } }] },
      ),
      configMap('conf', { 'default.conf': 'server { listen 8081; }' }, edited({ 'f:data': { 'f:default.conf': {} } })),
      event(
        pod('web-r1-0', podSpec({}), running),
        'Unhealthy',
        'Readiness probe failed: Get "http://10.1.1.1:8080/": dial tcp 10.1.1.1:8080: connect: connection refused',
      ),
    ],
    T,
    /ConfigMap shop\/conf/,
  ],
  [
    'headless not published',
    [
      object('apps/v1', 'StatefulSet', 'web', {
        spec: {
          replicas: 2,
          serviceName: 'web',
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: podSpec({ readinessProbe: { httpGet: { path: '/', port: 80 } } }) },
        },
        status: { replicas: 2, readyReplicas: 0 },
      }),
      ...[0, 1].map((i) =>
        pod(
          `web-${i}`,
          podSpec({ readinessProbe: { httpGet: { path: '/', port: 80 } } }),
          { ...unready, log: `lookup web-${1 - i}.web.shop.svc.cluster.local on 10.96.0.10:53: no such host` },
          {
            labels: { app: 'web' },
            ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'uid-StatefulSet-web', controller: true }],
          },
        ),
      ),
      service('web', { app: 'web' }, [{ port: 80 }], { spec: { clusterIP: 'None', selector: { app: 'web' }, ports: [{ port: 80 }] } }),
    ],
    'StatefulSet shop/web',
    'publishNotReadyAddresses',
  ],
  [
    'wrong scheme to callee',
    [
      web(env(['API_URL', 'https://api:8080']), rep('ERROR Get "https://api:8080/v1": http: server gave HTTP response to HTTPS client')),
      dep('api', { ports: [{ containerPort: 8080 }] }),
      svc('api', 8080),
    ],
    T,
    'API_URL',
  ],
  [
    'callee path 404',
    [
      web(env(['API_URL', 'http://api:8080/v2']), rep('ERROR GET http://api:8080/v2/items: unexpected status code 404')),
      dep('api', { ports: [{ containerPort: 8080 }] }),
      svc('api', 8080),
    ],
    T,
    'API_URL',
  ],
  [
    'feature host env by change',
    [
      web(env(['SEARCH_MODE', 'vector']), rep('ERROR search failed: backend returned nonsense'), {
        before: podSpec(env(['SEARCH_MODE', 'lexical'])),
        oldPods: [],
      }),
    ],
    T,
    'SEARCH_MODE',
  ],
  [
    'callee 500s after config edit',
    [
      web(env(['API_URL', 'http://api:8080']), rep('ERROR GET http://api:8080/price: status code 500')),
      dep(
        'api',
        { volumeMounts: [{ name: 'c', mountPath: '/etc/api' }] },
        {},
        { volumes: [{ name: 'c', configMap: { name: 'api' } }] },
        rep('ERROR tariff table broken'),
      ),
      svc('api', 8080),
      configMap('api', { 'tariff.yaml': 'x: 1' }, edited({ 'f:data': { 'f:tariff.yaml': {} } })),
    ],
    T,
    'ConfigMap shop/api',
  ],
  [
    'netpol created lately, generic timeouts',
    [
      web(env(['API_URL', 'http://api:8080']), rep('ERROR GET http://api:8080/price: timeout awaiting response headers'), {}),
      dep('api', { ports: [{ containerPort: 8080 }] }),
      svc('api', 8080),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'deny', { spec: { podSelector: {}, policyTypes: ['Ingress'] } }),
    ],
    T,
    'NetworkPolicy',
  ],
  [
    'token audience',
    [
      web(
        env(['JWT_AUDIENCE', 'shop-web'], ['JWT_ISSUER', 'https://id.example']),
        rep(
          "WARN JwtBearer: IDX10214: Audience validation failed. Audiences: 'shop-mobile'. Did not match: validationParameters.ValidAudience: 'shop-web'",
        ),
      ),
    ],
    T,
    'JWT_AUDIENCE',
  ],
  [
    'kafka topic unknown',
    [
      web(
        env(['TOPIC', 'ordres'], ['KAFKA', 'kafka:9092']),
        rep('WARN [Consumer clientId=c] Error while fetching metadata with correlation id 7 : {ordres=UNKNOWN_TOPIC_OR_PARTITION}'),
      ),
      dep('kafka'),
      svc('kafka', 9092),
    ],
    T,
    'TOPIC',
  ],
  [
    'grpc deadline own small',
    [
      web(
        env(['PRICING_TIMEOUT_MS', '5'], ['PRICING_ADDR', 'pricing:50051']),
        rep('ERROR rpc error: code = DeadlineExceeded desc = context deadline exceeded calling pricing:50051'),
        { before: podSpec(env(['PRICING_TIMEOUT_MS', '5000'], ['PRICING_ADDR', 'pricing:50051'])), oldPods: [] },
      ),
      dep('pricing'),
      svc('pricing', 50051),
    ],
    T,
    'PRICING_TIMEOUT_MS',
  ],
  [
    'chown cap dropped',
    [
      web(
        { securityContext: { capabilities: { drop: ['ALL'] } } },
        crashing(1, "chown: changing ownership of '/var/lib/postgresql/data': Operation not permitted"),
      ),
    ],
    T,
    'capabilities',
  ],
  [
    'iptables caps',
    [
      web(
        { securityContext: {} },
        crashing(1, "iptables v1.8.9 (legacy): can't initialize iptables table `nat': Permission denied (you must be root)"),
      ),
    ],
    T,
    'securityContext',
  ],
  ['crlf', [web({ command: ['/entrypoint.sh'] }, crashing(127, 'exec /entrypoint.sh: no such file or directory'))], T, /command|image/],
  [
    'sqlite locked',
    [
      deployment('web', podSpec({ ...env(['DB', 'sqlite:///data/a.db']) }), [
        rep('ERROR sqlite3.OperationalError: database is locked'),
        rep('ERROR sqlite3.OperationalError: database is locked'),
      ]),
    ],
    T,
    /replicas|DB/,
  ],
  [
    'mTLS strict custom',
    [
      web(env(['API_URL', 'http://api:8080']), rep('ERROR GET http://api:8080/price: read: connection reset by peer')),
      dep('api'),
      svc('api', 8080),
      object('security.istio.io/v1', 'PeerAuthentication', 'default', {
        spec: { mtls: { mode: 'STRICT' } },
        metadata: edited({ 'f:spec': { 'f:mtls': { 'f:mode': {} } } }),
      }),
    ],
    T,
    'PeerAuthentication',
  ],
  [
    'vs subset',
    [
      web(env(['API_URL', 'http://api:8080']), rep('ERROR GET http://api:8080/price: status code 503 no healthy upstream')),
      dep('api'),
      svc('api', 8080),
      object('networking.istio.io/v1', 'VirtualService', 'api', {
        spec: { hosts: ['api'], http: [{ route: [{ destination: { host: 'api', subset: 'v2' } }] }] },
      }),
      object('networking.istio.io/v1', 'DestinationRule', 'api', {
        spec: { host: 'api', subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
      }),
    ],
    T,
    /VirtualService|DestinationRule/,
  ],
  [
    'authz policy',
    [
      web(env(['API_URL', 'http://api:8080']), rep('ERROR GET http://api:8080/price: status code 403 RBAC: access denied')),
      dep('api'),
      svc('api', 8080),
      object('security.istio.io/v1', 'AuthorizationPolicy', 'api', {
        spec: {
          selector: { matchLabels: { app: 'api' } },
          rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/old'] } }] }],
        },
      }),
    ],
    T,
    /AuthorizationPolicy/,
  ],
]
describe('incidents at run time, as they are told', () => {
  it.each(cases)('%s', async (_, objects, target, expected) => {
    const found = await cause(objects, target, { startsAt: ago('10m') })
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text.includes(expected) : expected.test(text)))
  })
})
