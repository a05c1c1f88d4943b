import { describe, expect, it } from 'vitest'
import { cause, configMap, crashing, deployment, job, podSpec, service, running, unready, ago } from '../../fixtures.ts'

const APP = 'Deployment shop/web: spec.template.spec.containers[name=app]'

/** A program ends with these words; where is the mistake? */
const cases: [string, { app?: object; pod?: object; log: string; exit?: number; more?: any[]; before?: object; expected: string }][] = [
  [
    'a flag of Go that does not exist',
    {
      app: { args: ['--port=8080', '--verbos=3'] },
      log: 'flag provided but not defined: -verbos\nUsage of /app:',
      exit: 2,
      expected: `${APP}.args[1]`,
    },
  ],
  ['a flag of pflag', { app: { args: ['serve', '--listn', ':8080'] }, log: 'Error: unknown flag: --listn', expected: `${APP}.args[1]` }],
  [
    'an argument of Python',
    {
      app: { command: ['python', 'app.py'], args: ['--workerz', '4'] },
      log: 'usage: app.py [-h]\napp.py: error: unrecognized arguments: --workerz 4',
      exit: 2,
      expected: `${APP}.args[0]`,
    },
  ],
  [
    'an option of clap',
    { app: { args: ['--adress', '0.0.0.0'] }, log: "error: unexpected argument '--adress' found", exit: 2, expected: `${APP}.args[0]` },
  ],
  [
    'an option of the JVM',
    {
      app: { env: [{ name: 'JAVA_TOOL_OPTIONS', value: '-XX:+UseMagicGC' }] },
      log: "Unrecognized VM option 'UseMagicGC'\nError: Could not create the Java Virtual Machine.",
      expected: `${APP}.env[name=JAVA_TOOL_OPTIONS].value`,
    },
  ],
  [
    'a variable that is gone',
    {
      app: { env: [{ name: 'PORT', value: '80' }] },
      before: {
        env: [
          { name: 'PORT', value: '80' },
          { name: 'DATABASE_URL', value: 'x' },
        ],
      },
      log: 'FATAL: environment variable DATABASE_URL is not set',
      expected: `${APP}.env[name=DATABASE_URL]`,
    },
  ],
  [
    'a variable that Python misses',
    {
      log: 'Traceback (most recent call last):\n  File "/app/main.py", line 3, in <module>\nKeyError: \'API_TOKEN\'',
      expected: `${APP}.env[name=API_TOKEN]`,
    },
  ],
  [
    'a host that does not exist',
    {
      app: { env: [{ name: 'DB_HOST', value: 'postgrs' }] },
      log: 'dial tcp: lookup postgrs on 10.96.0.10:53: no such host',
      more: [service('postgres', { app: 'postgres' }), ...deployment('postgres', podSpec(), [running])],
      expected: `${APP}.env[name=DB_HOST].value`,
    },
  ],
  [
    'a host in a ConfigMap',
    {
      app: { envFrom: [{ configMapRef: { name: 'web' } }] },
      log: 'Error: getaddrinfo ENOTFOUND redis-mastr',
      more: [configMap('web', { REDIS_HOST: 'redis-mastr' })],
      expected: 'ConfigMap shop/web: data.REDIS_HOST',
    },
  ],
  [
    'a name that the line does not say, in a file of settings',
    {
      pod: { volumes: [{ name: 'c', configMap: { name: 'web' } }] },
      app: { volumeMounts: [{ name: 'c', mountPath: '/etc/web' }] },
      log: 'psycopg.OperationalError: [Errno -2] Name or service not known',
      more: [configMap('web', { 'web.toml': '[target]\nhost = "warehouse"\nport = 5432\nuser = "web"' })],
      expected: 'ConfigMap shop/web: data[web.toml]',
    },
  ],
  [
    'a port that the Service does not serve, which the line does not say',
    {
      app: { env: [{ name: 'REDIS_URL', value: 'redis://cache:6380/0' }] },
      log: 'Error: connect ETIMEDOUT\n    at Object.onceWrapper (node:events:622:28)',
      more: [service('cache', { app: 'cache' }, [{ port: 6379 }]), ...deployment('cache', podSpec(), [running])],
      expected: `${APP}.env[name=REDIS_URL].value`,
    },
  ],
  [
    'a folder that must be empty and is the top of a disk',
    {
      pod: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'd' } }] },
      app: { volumeMounts: [{ name: 'd', mountPath: '/var/lib/db' }] },
      log: 'initdb: error: directory "/var/lib/db" exists but is not empty\ninitdb: detail: It contains a lost+found directory',
      expected: `${APP}.volumeMounts[mountPath=/var/lib/db].subPath`,
    },
  ],
  [
    'an expired certificate in a Secret',
    {
      pod: { volumes: [{ name: 'tls', secret: { secretName: 'web-tls' } }] },
      app: { volumeMounts: [{ name: 'tls', mountPath: '/tls' }] },
      log: 'ValueError: certificate /tls/tls.crt has expired on 2026-04-30',
      expected: 'Secret shop/web-tls: data[tls.crt]',
    },
  ],
  [
    'an image for another processor, whatever else changed',
    {
      app: { args: ['--fps', '25'], image: 'registry.example/app:2.0' },
      before: { args: ['--fps', '15'] },
      log: 'exec /usr/local/bin/app: exec format error',
      expected: `${APP}.image`,
    },
  ],
  [
    'connections that a neighbour has taken',
    {
      app: { env: [{ name: 'DB_HOST', value: 'db' }] },
      log: 'connection to server at "db" (10.96.0.9), port 5432 failed: FATAL:  sorry, too many clients already',
      more: [
        service('db', { app: 'db' }, [{ port: 5432 }]),
        ...deployment('db', podSpec(), [running]),
        ...deployment(
          'importer',
          podSpec({
            env: [
              { name: 'DB', value: 'db:5432' },
              { name: 'POOL', value: '40' },
            ],
          }),
          [running],
          {
            before: podSpec({
              env: [
                { name: 'DB', value: 'db:5432' },
                { name: 'POOL', value: '5' },
              ],
            }),
          },
        ),
      ],
      expected: 'Deployment shop/importer: spec.template.spec.containers[name=app].env[name=POOL].value',
    },
  ],
  [
    'a host in a file of a ConfigMap',
    {
      app: { volumeMounts: [{ name: 'c', mountPath: '/etc/app' }] },
      pod: { volumes: [{ name: 'c', configMap: { name: 'web' } }] },
      log: 'java.net.UnknownHostException: kafka-brokr',
      more: [configMap('web', { 'app.properties': 'bootstrap.servers=kafka-brokr:9092' })],
      expected: 'ConfigMap shop/web: data[app.properties]',
    },
  ],
  [
    'a port that the Service does not have',
    {
      app: { env: [{ name: 'REDIS', value: 'redis:6380' }] },
      log: 'Error 111 connecting to redis:6380. Connection refused.',
      more: [service('redis', { app: 'redis' }, [{ port: 6379 }]), ...deployment('redis', podSpec(), [running])],
      expected: `${APP}.env[name=REDIS].value`,
    },
  ],
  [
    'a file that is not there',
    {
      app: { args: ['--config', '/etc/app/confg.yaml'] },
      log: 'open /etc/app/confg.yaml: no such file or directory',
      expected: `${APP}.args[1]`,
    },
  ],
  [
    'a file whose key the ConfigMap lost',
    {
      app: { volumeMounts: [{ name: 'c', mountPath: '/etc/app' }] },
      pod: { volumes: [{ name: 'c', configMap: { name: 'web' } }] },
      log: "FileNotFoundError: [Errno 2] No such file or directory: '/etc/app/settings.ini'",
      more: [configMap('web', { 'other.ini': '' })],
      expected: 'ConfigMap shop/web: data[settings.ini]',
    },
  ],
  [
    'a configuration that is refused',
    {
      app: { volumeMounts: [{ name: 'c', mountPath: '/etc/nginx/conf.d' }] },
      pod: { volumes: [{ name: 'c', configMap: { name: 'web' } }] },
      log: 'nginx: [emerg] unknown directive "prox_pass" in /etc/nginx/conf.d/default.conf:12',
      more: [configMap('web', { 'default.conf': 'prox_pass http://x;' })],
      expected: 'ConfigMap shop/web: data[default.conf]',
    },
  ],
  [
    'a read-only root file system',
    {
      app: { securityContext: { readOnlyRootFilesystem: true } },
      log: "OSError: [Errno 30] Read-only file system: '/var/cache/app'",
      expected: `${APP}.securityContext.readOnlyRootFilesystem`,
    },
  ],
  [
    'a user that may not write',
    {
      app: { securityContext: { runAsUser: 1000 } },
      log: "Error: EACCES: permission denied, open '/data/lock'",
      expected: `${APP}.securityContext.runAsUser`,
    },
  ],
  [
    'a port that another container has',
    { app: { args: ['--port=9090'] }, pod: {}, log: 'listen tcp :9090: bind: address already in use', expected: `${APP}.args[0]` },
  ],
  [
    'a heap larger than the container',
    {
      app: { env: [{ name: 'JAVA_OPTS', value: '-Xmx64m' }] },
      log: 'java.lang.OutOfMemoryError: Java heap space',
      expected: `${APP}.env[name=JAVA_OPTS].value`,
    },
  ],
  [
    'a database that does not exist',
    {
      app: { env: [{ name: 'DB_NAME', value: 'ordrs' }] },
      log: 'FATAL: database "ordrs" does not exist',
      expected: `${APP}.env[name=DB_NAME].value`,
    },
  ],
  [
    'a command that the image lacks',
    {
      app: { command: ['sh', '-c', 'exec gunicornn app:app'] },
      log: 'sh: 1: gunicornn: not found',
      exit: 127,
      expected: `${APP}.command[2]`,
    },
  ],
  [
    'a panic after a new image',
    {
      before: {},
      app: { image: 'registry.example/app:2.0' },
      log: 'panic: runtime error: index out of range [3] with length 3',
      exit: 2,
      expected: `${APP}.image`,
    },
  ],
  [
    'nothing at all after a new image',
    { before: {}, app: { image: 'registry.example/app:2.0' }, log: 'starting', expected: `${APP}.image` },
  ],
  [
    'a role that the account lacks',
    {
      pod: { serviceAccountName: 'web' },
      log: 'pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop"',
      expected: 'Deployment shop/web: spec.template.spec.serviceAccountName',
    },
  ],
]

describe('the last words of a program that ends', () => {
  it.each(cases)('%s', async (_, { app = {}, pod = {}, log, exit = 1, more = [], before, expected }) => {
    const objects = deployment('web', podSpec(app, pod), [crashing(exit, log)], before ? { before: podSpec(before, pod) } : {})
    expect(await cause([...objects, ...more], 'Deployment shop/web')).toBe(expected)
  })
})

describe('what is behind the words', () => {
  const caller = (state: any) => deployment('web', podSpec({ env: [{ name: 'API', value: 'http://api:80' }] }), [state])
  const refused = 'level=error msg="call failed" err="Post \\"http://api:80/v1\\": dial tcp 10.96.0.9:80: connect: connection refused"'

  it('a Service that selects nothing is guilty, not its caller', async () => {
    const objects = [...caller(crashing(1, refused)), service('api', { app: 'api-v2' }), ...deployment('api', podSpec(), [running])]
    expect(await cause(objects, 'Deployment shop/web')).toBe('Service shop/api: spec.selector.app')
  })

  it('a workload that was scaled to zero is guilty only because it is called', async () => {
    const down = [service('api', { app: 'api' }), ...deployment('api', podSpec(), [], { replicas: 0 })]
    expect(await cause([...caller(crashing(1, refused)), ...down], 'Deployment shop/web')).toBe('Deployment shop/api: spec.replicas')
    expect(await cause([...caller(running), ...down])).toBe('healthy')
  })

  it('goes down a chain of three', async () => {
    const objects = [
      ...deployment('web', podSpec({ env: [{ name: 'API', value: 'http://api' }] }), [
        { ...unready, log: 'GET http://api/v1 failed: connect ECONNREFUSED 10.96.0.9:80' },
      ]),
      service('api', { app: 'api' }),
      ...deployment('api', podSpec({ env: [{ name: 'DB', value: 'db:5432' }] }), [
        crashing(1, 'connection to server at "db" (10.96.0.9), port 5432 failed: Connection refused'),
      ]),
      service('db', { app: 'db' }, [{ port: 5432 }]),
      ...deployment('db', podSpec({ resources: { limits: { memory: '64Mi' } } }), [crashing(137, '', 'OOMKilled')]),
    ]
    expect(await cause(objects, 'Deployment shop/web')).toBe(
      'Deployment shop/db: spec.template.spec.containers[name=app].resources.limits.memory',
    )
  })

  it('says nothing of a line about a hiccup in a container that is well', async () => {
    const objects = [
      ...caller({ ...running, log: refused }),
      service('api', { app: 'api' }, [{ port: 80 }]),
      ...deployment('api', podSpec(), [running]),
    ]
    expect(await cause(objects, 'Deployment shop/web')).toBe('healthy')
  })

  it('an old change is not to blame for what began today', async () => {
    const objects = deployment('web', podSpec({ image: 'registry.example/app:2.0' }), [{ ...crashing(1, 'boom'), since: ago('20m') }], {
      before: podSpec(),
      changed: ago('3d'),
    })
    expect(await cause(objects)).not.toContain('.image')
  })

  it('the Job is told of, not its pods', async () => {
    const failed = {
      metadata: {},
      status: {
        failed: 4,
        conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: ago('5m') }],
      },
    }
    const pods = [
      {
        phase: 'Failed',
        state: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago('9m'), finishedAt: ago('8m') } },
        log: 'Error: unknown flag: --dryrun',
      },
    ]
    expect(await cause(job('migrate', podSpec({ args: ['--dryrun'] }), pods, failed))).toBe(
      'Job shop/migrate: spec.template.spec.containers[name=app].args[0]',
    )
  })
})
