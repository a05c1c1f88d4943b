import { describe, expect, it } from 'vitest'
import { ago, cause, configMap, deployment, edited, object, podSpec, running, service } from '../fixtures.ts'

const again = (line: string): any => ({ ...running, log: Array.from({ length: 9 }, () => line).join('\n') })
const env = { env: [{ name: 'API_URL', value: 'http://api:8080' }] }
const web = deployment('web', podSpec(env), [again('ERROR GET http://api:8080/price: read: connection reset by peer')])
const api = (volumes: object[] = []) => [
  deployment('api', podSpec({ volumeMounts: volumes.map((v: any) => ({ name: v.name, mountPath: '/etc/api' })) }, { volumes }), [running]),
  service('api', { app: 'api' }, [{ port: 8080 }]),
]
const strict = (metadata: object, spec: object = { mtls: { mode: 'STRICT' } }) =>
  object('security.istio.io/v1', 'PeerAuthentication', 'default', { metadata, spec })
const MODE = { 'f:spec': { 'f:mtls': { 'f:mode': {} } } }

describe('what was written on the way to what is called, when nothing else tells', () => {
  const cases: [string, any[], string][] = [
    ['a custom resource for the whole namespace', [...api(), strict(edited(MODE))], 'PeerAuthentication shop/default: spec.mtls.mode'],
    ['one that was made just then', [...api(), strict({ creationTimestamp: ago('12m') })], 'PeerAuthentication shop/default: spec'],
    [
      'one that selects other pods',
      [...api(), strict(edited(MODE), { selector: { matchLabels: { app: 'x' } }, mtls: { mode: 'STRICT' } })],
      'Deployment shop/web: spec.template.spec.containers[name=app]',
    ],
    [
      'one that was edited yesterday',
      [...api(), strict(edited(MODE, ago('1d')))],
      'Deployment shop/web: spec.template.spec.containers[name=app]',
    ],
    [
      'the configuration of what is called',
      [
        ...api([{ name: 'c', configMap: { name: 'api' } }]),
        configMap('api', { 'a.yaml': 'x: 1' }, edited({ 'f:data': { 'f:a.yaml': {} } })),
      ],
      'ConfigMap shop/api: data[a.yaml]',
    ],
    [
      'the Service',
      [api()[0]!, service('api', { app: 'api' }, [{ port: 8080 }], { metadata: edited({ 'f:spec': { 'f:sessionAffinity': {} } }) })],
      'Service shop/api: spec.sessionAffinity',
    ],
  ]
  it.each(cases)('%s', async (_, objects, expected) => {
    expect(await cause([web, ...objects], 'Deployment shop/web', { startsAt: ago('10m') })).toBe(expected)
  })
})
