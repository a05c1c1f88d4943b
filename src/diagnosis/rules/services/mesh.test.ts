import { describe, expect, it } from 'vitest'
import { ago, cause, deployment, edited, object, podSpec, running, service } from '../../fixtures.ts'

const again = (line: string): any => ({ ...running, log: Array.from({ length: 9 }, () => line).join('\n') })
const env = { env: [{ name: 'API_URL', value: 'http://api:8080' }] }
const web = (line = 'ERROR GET http://api:8080/price: status code 503 no healthy upstream') =>
  deployment('web', podSpec(env), [again(line)])
const api = [
  deployment('api', podSpec(), [running], { labels: { app: 'api', version: 'v1' } }),
  service('api', { app: 'api' }, [{ port: 8080 }]),
]
const route = (destination: object, metadata: object = {}) =>
  object('networking.istio.io/v1', 'VirtualService', 'api', { metadata, spec: { hosts: ['api'], http: [{ route: [{ destination }] }] } })
const subsets = (list: object[], metadata: object = {}) =>
  object('networking.istio.io/v1', 'DestinationRule', 'api', { metadata, spec: { host: 'api.shop.svc.cluster.local', subsets: list } })
const v1 = { name: 'v1', labels: { version: 'v1' } }
const DESTINATION = 'VirtualService shop/api: spec.http[0].route[0].destination'
const policy = (spec: object, metadata: object = {}) => object('security.istio.io/v1', 'AuthorizationPolicy', 'api', { metadata, spec })

describe('a mesh between a caller and what it calls', () => {
  const cases: [string, any[], string][] = [
    ['a subset that nobody defines', [web(), route({ host: 'api', subset: 'v2' }), subsets([v1])], `${DESTINATION}.subset`],
    [
      'a subset that was taken away',
      [web(), route({ host: 'api', subset: 'v2' }), subsets([v1], edited({ 'f:spec': { 'f:subsets': {} } }))],
      'DestinationRule shop/api: spec.subsets',
    ],
    [
      'a subset whose labels no pod has',
      [web(), route({ host: 'api', subset: 'v2' }), subsets([v1, { name: 'v2', labels: { version: 'v2' } }])],
      'DestinationRule shop/api: spec.subsets[name=v2].labels',
    ],
    ['a host that is not there', [web(), route({ host: 'apii' })], 'no'],
    ['a port that the Service lacks', [web(), route({ host: 'api', port: { number: 80 } })], `${DESTINATION}.port.number`],
    [
      'a policy that lets only others in',
      [
        web('ERROR GET http://api:8080/price: status code 403 RBAC: access denied'),
        policy({ selector: { matchLabels: { app: 'api' } }, rules: [{}] }),
      ],
      'AuthorizationPolicy shop/api: spec.rules',
    ],
    [
      'a policy for other pods',
      [
        web('ERROR GET http://api:8080/price: status code 403 RBAC: access denied'),
        policy({ selector: { matchLabels: { app: 'x' } }, rules: [{}] }),
      ],
      'no',
    ],
  ]
  it.each(cases)('%s', async (_, objects, expected) => {
    const found = await cause([...api, ...objects], 'Deployment shop/web', { startsAt: ago('10m') })
    expect(found.replace(/^(?!AuthorizationPolicy|DestinationRule|VirtualService).*/, 'no')).toBe(expected)
  })
})

describe('variables that Kubernetes makes of Services', () => {
  it('are taken for a port', async () => {
    const words = 'Error: invalid value "tcp://10.96.0.9:8080" for API_PORT: strconv.Atoi: parsing "tcp://10.96.0.9:8080": invalid syntax'
    const down = deployment('web', podSpec(), [
      {
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        last: { exitCode: 1, reason: 'Error', finishedAt: ago('1m') },
        restarts: 4,
        previous: words,
      },
    ])
    expect(await cause([...api, down], 'Deployment shop/web')).toBe('Deployment shop/web: spec.template.spec.enableServiceLinks')
  })
})
