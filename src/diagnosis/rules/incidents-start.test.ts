import { describe, expect, it } from 'vitest'
import { ago, run, configMap, crashing, deployment, event, job, object, podSpec, running, waiting, type PodState } from '../fixtures.ts'

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
