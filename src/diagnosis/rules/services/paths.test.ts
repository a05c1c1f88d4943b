import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#cluster'
import { cause, crashing, deployment, event, object, pod, podSpec, running, service, unready } from '../../fixtures.ts'

type Objects = (KubeObject | KubeObject[])[]

const served = (name: string, port: object = { containerPort: 8080 }, labels: object = { app: name }) =>
  deployment(name, podSpec({ ports: [port] }), [running], { labels })
const call = (line: string, name = 'caller') =>
  deployment(name, podSpec({ env: [{ name: 'URL', value: 'http://api' }] }), [{ ...unready, log: line }])
const refused = call('GET http://api/: connect ECONNREFUSED api:80')
const slice = (managedBy: string, pod: string) =>
  object('discovery.k8s.io/v1', 'EndpointSlice', 'api-1', {
    metadata: { labels: { 'kubernetes.io/service-name': 'api', 'endpointslice.kubernetes.io/managed-by': managedBy } },
    endpoints: [{ addresses: ['10.244.0.7'], targetRef: { kind: 'Pod', name: pod } }],
  })
const gateway = 'gateway.networking.k8s.io/v1'
const route = (backend: object, parent: object = { name: 'main' }) =>
  object(gateway, 'HTTPRoute', 'web', { spec: { parentRefs: [parent], rules: [{ backendRefs: [backend] }] } })
const main = object(gateway, 'Gateway', 'main', { spec: { gatewayClassName: 'envoy', listeners: [{ name: 'http', port: 80 }] } })
const envoy = object(gateway, 'GatewayClass', 'envoy', { metadata: { namespace: undefined } })
const grant = (from: string) =>
  object('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'allow', {
    metadata: { namespace: 'pay' },
    spec: { from: [{ kind: 'HTTPRoute', namespace: from }], to: [{ kind: 'Service' }] },
  })
const away = { ...service('api', { app: 'api' }), metadata: { name: 'api', namespace: 'pay', uid: 'x' } } as KubeObject
const access = (status: number) => Array.from({ length: 8 }, () => `10.0.0.1 - - [x] "GET /api/orders HTTP/1.1" ${status} 12`).join('\n')
const docs = (status: number) => deployment('docs', podSpec({ ports: [{ containerPort: 8080 }] }), [{ ...running, log: access(status) }])
const edge = object('networking.k8s.io/v1', 'Ingress', 'edge', {
  spec: { rules: [{ http: { paths: [{ path: '/api', backend: { service: { name: 'docs', port: { number: 80 } } } }] } }] },
})
const balancer = (reason: string, message: string) => {
  const one = {
    ...service('vpn', { app: 'vpn' }),
    spec: { type: 'LoadBalancer', selector: { app: 'vpn' }, ports: [{ port: 80, targetPort: 8080 }] },
  } as KubeObject
  return [one, event(one, reason, message)]
}

describe('the way to a Service', () => {
  const cases: [string, Objects, string, string][] = [
    [
      'a selector taken away, endpoints left behind',
      [refused, service('api', null), slice('endpointslice-controller.k8s.io', 'gone')],
      'Deployment shop/caller',
      'Service shop/api: spec.selector',
    ],
    [
      'UDP pods behind a TCP Service',
      [served('api', { containerPort: 8080, protocol: 'UDP' }), service('api', { app: 'api' })],
      'Service shop/api',
      'Service shop/api: spec.ports[port=80].protocol',
    ],
    [
      'a Service for both protocols of one port',
      [
        served('api', { containerPort: 8080, protocol: 'UDP' }),
        service('api', { app: 'api' }, [
          { port: 80, targetPort: 8080 },
          { port: 80, targetPort: 8080, protocol: 'UDP' },
        ]),
      ],
      'Service shop/api',
      'healthy',
    ],
    [
      'a selector that takes in workers',
      [
        served('api', { containerPort: 8080 }, { app: 'api', product: 'x' }),
        deployment('worker', podSpec(), [running], { labels: { app: 'worker', product: 'x' } }),
        service('api', { product: 'x' }),
      ],
      'Service shop/api',
      'Service shop/api: spec.selector',
    ],
    [
      'two workloads that both serve',
      [served('a', undefined, { app: 'a', p: 'x' }), served('b', undefined, { app: 'b', p: 'x' }), service('api', { p: 'x' })],
      'Service shop/api',
      'healthy',
    ],
    [
      'a path that the backend does not know',
      [docs(404), service('docs', { app: 'docs' }), edge],
      'Ingress shop/edge',
      'Ingress shop/edge: spec.rules[0].http.paths[0].backend.service.name',
    ],
    ['a path that the backend knows', [docs(200), service('docs', { app: 'docs' }), edge], 'Ingress shop/edge', 'healthy'],
    [
      'a route to no Service',
      [main, envoy, route({ name: 'apis', port: 80 }), service('api', { app: 'api' }), served('api')],
      'Namespace shop',
      'HTTPRoute shop/web: spec.rules[0].backendRefs[0].name',
    ],
    [
      'a route to no port',
      [main, envoy, route({ name: 'api', port: 8080 }), service('api', { app: 'api' }), served('api')],
      'Namespace shop',
      'HTTPRoute shop/web: spec.rules[0].backendRefs[0].port',
    ],
    [
      'a route to no Gateway',
      [route({ name: 'api', port: 80 }, { name: 'mian' }), service('api', { app: 'api' }), served('api')],
      'Namespace shop',
      'HTTPRoute shop/web: spec.parentRefs[0].name',
    ],
    [
      'a route to no listener',
      [
        main,
        envoy,
        route({ name: 'api', port: 80 }, { name: 'main', sectionName: 'https' }),
        service('api', { app: 'api' }),
        served('api'),
      ],
      'Namespace shop',
      'HTTPRoute shop/web: spec.parentRefs[0].sectionName',
    ],
    [
      'a route that no grant allows',
      [main, envoy, route({ name: 'api', namespace: 'pay', port: 80 }), away, grant('other')],
      'Namespace shop',
      'HTTPRoute shop/web: spec.rules[0].backendRefs[0].namespace',
    ],
    [
      'a route that a grant allows',
      [main, envoy, route({ name: 'api', namespace: 'pay', port: 80 }), away, grant('shop')],
      'Namespace shop',
      'healthy',
    ],
    [
      'a Gateway of no class',
      [main, route({ name: 'api', port: 80 }), service('api', { app: 'api' }), served('api')],
      'Namespace shop',
      'Gateway shop/main: spec.gatewayClassName',
    ],
    [
      'a load balancer that the cloud refuses',
      [
        ...balancer(
          'SyncLoadBalancerFailed',
          'failed to ensure load balancer: POST https://api.cloud.example: 401 Unable to authenticate you',
        ),
        served('vpn'),
        deployment(
          'cloud-controller-manager',
          podSpec({ env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'cloud', key: 'token' } } }] }),
          [running],
        ),
      ],
      'Service shop/vpn',
      'Deployment shop/cloud-controller-manager: spec.template.spec.containers[name=app].env[name=TOKEN].valueFrom.secretKeyRef',
    ],
    [
      'an operator whose kind cannot be converted',
      [
        object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'jobs.x.example', {
          metadata: { namespace: undefined },
          spec: {
            group: 'x.example',
            names: { kind: 'Plan' },
            conversion: { webhook: { clientConfig: { service: { namespace: 'shop', name: 'hook' } } } },
          },
        }),
        deployment('operator', podSpec(), [
          crashing(
            1,
            'failed to list *v2.Plan: conversion webhook for x.example/v1, Kind=Plan failed: Post "https://hook.shop.svc:443/convert": service "hook" not found',
          ),
        ]),
      ],
      'Deployment shop/operator',
      'CustomResourceDefinition jobs.x.example: spec.conversion.webhook.clientConfig.service.name',
    ],
    [
      'peers without a governing Service',
      [
        object('apps/v1', 'StatefulSet', 'raft', {
          spec: {
            replicas: 1,
            serviceName: 'raft-peers',
            selector: { matchLabels: { app: 'raft' } },
            template: { metadata: { labels: { app: 'raft' } }, spec: podSpec() },
          },
          status: { replicas: 1, readyReplicas: 0, conditions: [] },
        }),
        service('raft', { app: 'raft' }, [{ port: 1 }], { spec: { clusterIP: 'None', selector: { app: 'raft' }, ports: [{ port: 1 }] } }),
        pod(
          'raft-0',
          podSpec(),
          { ...unready, log: 'lookup raft-1.raft-peers.shop.svc.cluster.local on 10.96.0.10:53: no such host' },
          {
            labels: { app: 'raft' },
            ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'raft', uid: 'uid-StatefulSet-raft', controller: true }],
          },
        ),
      ],
      'StatefulSet shop/raft',
      'StatefulSet shop/raft: spec.serviceName',
    ],
  ]
  it.each(cases)('%s', async (_, objects, target, expected) => expect(await cause(objects, target, {})).toBe(expected))
})
