import { describe, expect, it } from 'vitest'
import { ago, cause, deployment, edited, object, podSpec, running, service } from '../../fixtures.ts'

const GATEWAY_API = 'gateway.networking.k8s.io/v1'
const gateway = (listener: object, name = 'edge', namespace = 'shop') =>
  object(GATEWAY_API, 'Gateway', name, {
    metadata: { namespace },
    spec: { gatewayClassName: 'any', listeners: [{ name: 'web', port: 80, protocol: 'HTTP', ...listener }] },
  })
const anyClass = object(GATEWAY_API, 'GatewayClass', 'any', { metadata: { namespace: undefined } })
const route = (rest: any = {}, parent: object = { name: 'edge', namespace: 'shop' }, metadata: object = {}) =>
  object(GATEWAY_API, 'HTTPRoute', 'web', {
    metadata,
    spec: { parentRefs: [parent], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }], ...rest },
  })
const app = (namespace: string): any[] => {
  const objects: any[] = [deployment('web', podSpec(), [running]), service('web', { app: 'web' }, [{ port: 80 }])].flat()
  for (const o of objects) o.metadata.namespace = namespace
  return objects
}
const grant = (from: object, to: object, metadata: object = {}) =>
  object('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'allow', {
    metadata: { namespace: 'pay', ...metadata },
    spec: { from: [from], to: [to] },
  })
const away = { rules: [{ backendRefs: [{ name: 'web', namespace: 'pay', port: 80 }] }] }
const late = { ...edited({ 'f:spec': { 'f:from': {} } }) }
const open = { allowedRoutes: { namespaces: { from: 'All' } } }

describe('what a Gateway is alerted for, though its routes live elsewhere', () => {
  const cases: [string, any[], string][] = [
    [
      'a host name that no listener has',
      [gateway({ hostname: '*.shop.example' }), route({ hostnames: ['api.shop.test'] }), ...app('shop')],
      'HTTPRoute shop/web: spec.hostnames[0]',
    ],
    [
      'a wildcard stands for it',
      [gateway({ hostname: '*.shop.example' }), route({ hostnames: ['api.shop.example'] }), ...app('shop')],
      'healthy',
    ],
    ['a listener for routes of its own namespace', [gateway({}), route({}, undefined, { namespace: 'pay' }), ...app('pay')], 'healthy'],
    [
      'a listener for other namespaces',
      [
        gateway({ allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { edge: 'yes' } } } } }),
        object('v1', 'Namespace', 'pay', { metadata: { namespace: undefined, labels: { edge: 'no' } } }),
        route({}, undefined, { namespace: 'pay' }),
        ...app('pay'),
      ],
      'Gateway shop/edge: spec.listeners[name=web].allowedRoutes.namespaces.selector',
    ],
    [
      'a Service that is not there, of a route elsewhere',
      [gateway(open), route({ rules: [{ backendRefs: [{ name: 'wbe', port: 80 }] }] }, undefined, { namespace: 'pay' }), ...app('pay')],
      'HTTPRoute pay/web: spec.rules[0].backendRefs[0].name',
    ],
    [
      'a grant that was written last and names another namespace',
      [gateway(open), route(away), ...app('pay'), grant({ kind: 'HTTPRoute', namespace: 'shpo' }, { kind: 'Service' }, late)],
      'ReferenceGrant pay/allow: spec.from[0].namespace',
    ],
    [
      'a grant to another Service',
      [gateway(open), route(away), ...app('pay'), grant({ kind: 'HTTPRoute', namespace: 'shop' }, { kind: 'Service', name: 'api' }, late)],
      'ReferenceGrant pay/allow: spec.to[0].name',
    ],
    [
      'a grant for routes of another kind',
      [gateway(open), route(away), ...app('pay'), grant({ kind: 'GRPCRoute', namespace: 'shop' }, { kind: 'Service' }, late)],
      'ReferenceGrant pay/allow: spec.from[0].kind',
    ],
    [
      'a grant that allows it',
      [gateway(open), route(away), ...app('pay'), grant({ kind: 'HTTPRoute', namespace: 'shop' }, { kind: 'Service' })],
      'healthy',
    ],
  ]
  it.each(cases)('%s', async (_, objects, expected) => {
    expect(await cause([anyClass, ...objects], 'Gateway shop/edge', { startsAt: ago('10m') })).toBe(expected)
  })
})
