import { describe, expect, it } from 'vitest'
import {
  ago,
  run,
  configMap,
  crashing,
  deployment,
  event,
  job,
  object,
  podSpec,
  running,
  service,
  waiting,
  type PodState,
} from '../fixtures.ts'

type Case = [string, any[], string, string]
const T = 'Deployment shop/web'
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
const web = (app: any, state: PodState, pod: any = {}, more: any = {}) => deployment('web', podSpec(app, pod), [state], more)
const mounted = (path: string, volume: any) => ({
  app: { command: [`${path}/start.sh`], volumeMounts: [{ name: 'v', mountPath: path }] },
  pod: { volumes: [{ name: 'v', ...volume }] },
})
const noExec = waiting('RunContainerError', 'unable to start container process: exec: "/start/start.sh": permission denied')
const plain = mounted('/start', { configMap: { name: 'start', defaultMode: 420 } })
const executable = mounted('/start', { configMap: { name: 'start', defaultMode: 493 } })
const classed = (message: string, spec: any, account: any = {}) => {
  const pod = {
    serviceAccountName: 'web',
    volumes: [{ name: 'v', csi: { driver: 'secrets-store.csi.k8s.io', volumeAttributes: { secretProviderClass: 'vault' } } }],
  }
  const made = web({}, waiting('ContainerCreating'), pod)
  return [
    ...made,
    event(
      made.find((o) => o.kind === 'Pod')!,
      'FailedMount',
      `MountVolume.SetUp failed for volume "v" : rpc error: code = Unknown desc = ${message}`,
    ),
    object('v1', 'ServiceAccount', 'web', { metadata: account }),
    ...(spec ? [object('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', 'vault', { spec })] : []),
  ]
}
const list = { provider: 'azure', parameters: { keyvaultName: 'kv-shop', objects: 'array:\n - |\n  objectName: db-password\n' } }

const cases: Case[] = [
  ['a script of a ConfigMap without its mode', web(plain.app, noExec, plain.pod), T, 'volumes[name=v].configMap.defaultMode'],
  ['a script with its mode: the command', web(executable.app, noExec, executable.pod), T, 'command[0]'],
  [
    'a script that a shell calls, without its mode',
    web({ ...plain.app, command: ['sh', '-c', '/start/start.sh'] }, crashing(126, 'sh: /start/start.sh: Permission denied'), plain.pod),
    T,
    'volumes[name=v].configMap.defaultMode',
  ],
  [
    'a secret that a store does not have',
    classed(
      'failed to get objectType:secret, objectName:db-password: GET https://kv-shop.vault.azure.net RESPONSE 404: SecretNotFound',
      list,
    ),
    T,
    'SecretProviderClass vault: spec.parameters.objects',
  ],
  [
    'a class that does not exist',
    classed('failed to get secretproviderclass shop/vault, error: SecretProviderClass "vault" not found', null),
    T,
    'volumes[name=v].csi.volumeAttributes.secretProviderClass',
  ],
  [
    'an identity that may not read the secret',
    classed(
      'failed to fetch secret: AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue',
      { provider: 'aws', parameters: { objects: '- objectName: prod/db\n' } },
      { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/web' } },
    ),
    T,
    'ServiceAccount web: metadata.annotations[eks.amazonaws.com/role-arn]',
  ],
  [
    'an option that the new version does not know',
    web(
      { image: 'db:8.4', args: ['--default-authentication-plugin=x'] },
      crashing(1, "[ERROR] [MY-000067] unknown variable 'default-authentication-plugin=x'."),
      {},
      { before: podSpec({ image: 'db:8.0', args: ['--default-authentication-plugin=x'] }) },
    ),
    T,
    'containers[name=app].image',
  ],
  [
    'a migration that an older image does not know',
    job('migrate', podSpec({ image: 'app:1', args: ['alembic', 'upgrade', 'head'] }), [
      {
        phase: 'Failed',
        state: { terminated: { exitCode: 255, reason: 'Error', finishedAt: ago('5m') } },
        log: "FAILED: Can't locate revision identified by 'c41d9e77b0aa'",
      },
    ]),
    'Job shop/migrate',
    'containers[name=app].image',
  ],
  [
    'an issuer that moved',
    [
      ...web(
        { args: ['--oidc-issuer-url=https://sso.example/realms/a'] },
        crashing(
          1,
          'ERROR: Failed to initialise: error while discovery OIDC configuration: issuer did not match, expected "https://sso.example/realms/a" got "https://login.example/realms/a"',
        ),
      ),
      ...deployment('idp', podSpec(env(['HOST', 'https://login.example'])), [running], {
        before: podSpec(env(['HOST', 'https://sso.example'])),
      }),
    ],
    T,
    'Deployment idp: spec.template.spec.containers[name=app].env[name=HOST].value',
  ],
  [
    'an issuer that is mistyped',
    [
      ...web(
        { args: ['--oidc-issuer-url=https://sso.example/realms/b'] },
        crashing(
          1,
          'ERROR: configuration: issuer did not match, expected "https://sso.example/realms/b" got "https://sso.example/realms/a"',
        ),
      ),
      configMap('other', {}),
    ],
    T,
    'args[0]',
  ],
]

describe('what keeps a container from starting', () => {
  it.each(cases)('%s', async (_, objects, target, expected) => {
    const { healthy, rootCause } = await run(objects, target, {})
    const said = healthy ? 'healthy' : `${rootCause?.object.kind} ${rootCause?.object.name}: ${rootCause?.field}`
    expect(said).toEqual(expect.stringContaining(expected))
  })
})

const rep = (line: string): PodState => ({ ...running, log: Array.from({ length: 9 }, () => line).join('\n') })
const called = (name: string, app: any, port: number) => [
  ...deployment(name, podSpec(app), [running]),
  service(name, { app: name }, [{ port }]),
]
const injected = (annotations: any, line: string) =>
  deployment('web', podSpec({}, { initContainers: [{ name: 'agent', image: 'vault' }] }), [
    { ready: false, phase: 'Pending', state: { running: { startedAt: ago('20m') } }, log: rep(line).log! },
  ]).map((o) =>
    o.kind === 'Deployment'
      ? { ...o, spec: { ...o.spec, template: { metadata: { annotations, labels: { app: 'web' } }, spec: podSpec() } } }
      : o,
  )
const lack = (line: string): any[] => web({}, crashing(1, line))
const said: Case[] = [
  [
    'a variable, by an entry point',
    lack("Please define an environment variable 'INITIAL_ADMIN_PASSWORD' with a strong password."),
    T,
    'env[name=INITIAL_ADMIN_PASSWORD]',
  ],
  [
    'a longer password',
    web(env(['ROOT_PASSWORD', 'short']), crashing(1, 'FATAL ROOT_PASSWORD length should be at least 8 characters')),
    T,
    'env[name=ROOT_PASSWORD].value',
  ],
  [
    'a key whose name is run together',
    web(
      env(['XPACK_ENCRYPTEDSAVEDOBJECTS_ENCRYPTIONKEY', 'abc']),
      crashing(1, 'FATAL Error: [config validation of [xpack.encryptedSavedObjects].encryptionKey]: value has length [3]'),
    ),
    T,
    'env[name=XPACK_ENCRYPTEDSAVEDOBJECTS_ENCRYPTIONKEY].value',
  ],
  ['a module', lack("ModuleNotFoundError: No module named 'psycopg2'"), T, 'containers[name=app].image'],
  ['a runtime', lack('You must install or update .NET to run this application.'), T, 'containers[name=app].image'],
  [
    'a library',
    lack('/app/server: error while loading shared libraries: libpq.so.5: cannot open shared object file'),
    T,
    'containers[name=app].image',
  ],
  ['a device that was not asked for', lack('RuntimeError: No CUDA GPUs are available'), T, 'resources.limits'],
  [
    'a variable, by pydantic',
    lack('1 validation error for Settings\nDATABASE_URL\n  Field required [type=missing]'),
    T,
    'env[name=DATABASE_URL]',
  ],
  [
    'a variable, by zod',
    lack('ZodError: [\n  {\n    "path": [\n      "REDIS_URL"\n    ],\n    "message": "Required"\n  }\n]'),
    T,
    'env[name=REDIS_URL]',
  ],
  [
    'a variable that is not a number, by Spring',
    web(env(['SERVER_PORT', '80a']), crashing(1, 'APPLICATION FAILED TO START\n    Origin: System Environment Property "SERVER_PORT"')),
    T,
    'env[name=SERVER_PORT].value',
  ],
  [
    'a licence',
    web(
      { env: [{ name: 'APP_LICENSE', valueFrom: { secretKeyRef: { name: 'lic', key: 'key' } } }] },
      crashing(1, 'Error: license has expired'),
    ),
    T,
    'Secret lic: data.key',
  ],
  [
    'a server that was brought to another version',
    [
      ...web(
        env(['DB_HOST', 'db']),
        rep('Error: ER_NOT_SUPPORTED_AUTH_MODE: Client does not support authentication protocol requested by server'),
      ),
      ...deployment('db', podSpec({ image: 'mysql:8.4' }), [running], { before: podSpec({ image: 'mysql:5.7' }) }),
      service('db', { app: 'db' }, [{ port: 3306 }]),
    ],
    T,
    'Deployment db: spec.template.spec.containers[name=app].image',
  ],
  [
    'a bucket that the line does not name',
    web(env(['S3_BUCKET', 'uploads'], ['MODE', 'a']), rep('ERROR NoSuchBucket: The specified bucket does not exist')),
    T,
    'env[name=S3_BUCKET]',
  ],
  [
    'the role of an agent that was put in',
    injected(
      { 'vault.hashicorp.com/role': 'web' },
      '[ERROR] agent.auth.handler: error authenticating: Code: 403. Errors: * permission denied',
    ),
    T,
    'metadata.annotations[vault.hashicorp.com/role]',
  ],
  [
    'the path of an agent that was put in',
    injected(
      { 'vault.hashicorp.com/role': 'web', 'vault.hashicorp.com/agent-inject-secret-db': 'secret/data/web/databse' },
      '[WARN] agent: (view) vault.read(secret/data/web/databse): no secret exists at secret/data/web/databse',
    ),
    T,
    'agent-inject-secret-db',
  ],
  [
    'a duration without a unit',
    web(env(['TIMEOUT', '30'], ['NAME', 'a']), crashing(1, 'panic: time: missing unit in duration "30"')),
    T,
    'env[name=TIMEOUT].value',
  ],
  [
    'JSON that is none',
    web(
      env(['FEATURES', '{"a":1,}'], ['MORE', '{}']),
      crashing(1, 'SyntaxError: Expected double-quoted property name in JSON at position 7'),
    ),
    T,
    'env[name=FEATURES].value',
  ],
  [
    'what a queue was declared with',
    web(
      env(['QUEUE_TTL', '60000']),
      crashing(1, "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl': received '60000' but current is '30000'"),
    ),
    T,
    'env[name=QUEUE_TTL].value',
  ],
  [
    'somebody outside that is spoken of',
    web(
      env(['CRM_URL', 'https://crm.example/api/v1'], ['PAY_URL', 'https://pay.example']),
      rep('ERROR crm: 410 Gone: API version v1 was retired'),
    ),
    T,
    'env[name=CRM_URL].value',
  ],
  [
    'strangers that try the locks are no trouble',
    web(env(['A', 'b']), rep('http: TLS handshake error from 203.0.113.9:4711: remote error: tls: unknown certificate')),
    T,
    'healthy',
  ],
  ['clients that leave are no trouble', web(env(['A', 'b']), rep('level=error msg="request failed" err="context canceled"')), T, 'healthy'],
  [
    'a limit of the server',
    [
      ...web(env(['REDIS', 'redis:6379']), rep('ERR max number of clients reached')),
      ...called('redis', { args: ['--maxclients', '50'] }, 6379),
    ],
    T,
    'Deployment redis: spec.template.spec.containers[name=app].args[1]',
  ],
  [
    'TLS that the server does not have',
    [
      ...web(env(['DATABASE_URL', 'postgres://a@pg:5432/a?sslmode=require']), crashing(1, 'pq: SSL is not enabled on the server')),
      ...called('pg', {}, 5432),
    ],
    T,
    'env[name=DATABASE_URL].value',
  ],
]

describe('what a program says that it lacks', () => {
  it.each(said)('%s', async (_, objects, target, expected) => {
    const { healthy, rootCause } = await run(objects, target, {})
    const answer = healthy ? 'healthy' : `${rootCause?.object.kind} ${rootCause?.object.name}: ${rootCause?.field}`
    expect(answer).toEqual(expect.stringContaining(expected))
  })
})

const unmounted = (volume: any, message: string, more: any[] = []) => {
  const made = web({}, waiting('ContainerCreating'), { volumes: [{ name: 'd', ...volume }] })
  return [
    ...made,
    event(
      made.find((o) => o.kind === 'Pod')!,
      'FailedMount',
      `MountVolume.SetUp failed for volume "d" : ${message}`,
    ),
    ...more,
  ]
}
const hooked = web({ lifecycle: { postStart: { exec: { command: ['warm'] } } } }, crashing(137))
const mounts: Case[] = [
  [
    'a role that the store does not know',
    classed(`failed to login: Code: 400. Errors: * invalid role name "wep"`, {
      provider: 'vault',
      parameters: { roleName: 'wep', vaultAddress: 'http://vault:8200', objects: '- objectName: db' },
    }),
    T,
    'SecretProviderClass vault: spec.parameters.roleName',
  ],
  [
    'a share whose Secret is not there',
    unmounted({ azureFile: { secretName: 'files', shareName: 'docs' } }, `Couldn't get secret shop/files: secrets "files" not found`),
    T,
    'volumes[name=d].azureFile.secretName',
  ],
  [
    'a bucket of a volume that somebody wrote',
    unmounted({ persistentVolumeClaim: { claimName: 's3' } }, 'Could not mount "models-prd": Forbidden: Access Denied', [
      object('v1', 'PersistentVolumeClaim', 's3', { spec: { volumeName: 's3-pv' }, status: { phase: 'Bound' } }),
      object('v1', 'PersistentVolume', 's3-pv', {
        metadata: { namespace: undefined },
        spec: { csi: { driver: 's3.csi.aws.com', volumeAttributes: { bucketName: 'models-prd' } } },
      }),
    ]),
    T,
    'PersistentVolume s3-pv: spec.csi.volumeAttributes.bucketName',
  ],
  [
    'what is done right after the start fails',
    [
      ...hooked,
      event(
        hooked.find((o) => o.kind === 'Pod')!,
        'FailedPostStartHook',
        "PostStartHook failed: command 'warm' exited with 22",
        { container: 'app' },
      ),
    ],
    T,
    'containers[name=app].lifecycle.postStart',
  ],
]

describe('what a pod cannot be given', () => {
  it.each(mounts)('%s', async (_, objects, target, expected) => {
    const { rootCause } = await run(objects, target, {})
    expect(`${rootCause?.object.kind} ${rootCause?.object.name}: ${rootCause?.field}`).toEqual(expect.stringContaining(expected))
  })
})
