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
const cases: Case[] = [
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
