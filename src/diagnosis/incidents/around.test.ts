import { expect, it } from 'vitest'
import {
  ago,
  cause,
  configMap,
  deployment,
  edited,
  event,
  node,
  object,
  pod,
  podSpec,
  running,
  service,
  waiting,
  type PodState,
} from '../fixtures.ts'
import { exactly } from './worlds.ts'

/** Trouble whose cause is around what the alert names: in what others need, on the way to it, in the node, or nowhere. */

const ingress = (name: string, host: string, to: string, metadata: any = {}) =>
  object('networking.k8s.io/v1', 'Ingress', name, {
    metadata,
    spec: {
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: to, port: { number: 80 } } } }] } }],
    },
  })
const inside = (namespace: string, objects: any[]) => objects.flat().map((o) => ({ ...o, metadata: { ...o.metadata, namespace } }))
const oom: PodState = {
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  last: { exitCode: 137, reason: 'OOMKilled', startedAt: ago('3m'), finishedAt: ago('2m') },
  restarts: 9,
}
const rep = (line: string, n = 9): PodState => ({ ...running, log: Array.from({ length: n }, () => line).join('\n') })
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
const dep = (name: string, app: any = {}, state: PodState = running, more: any = {}) => deployment(name, podSpec(app), [state], more)
const says = (text: string, labels: Record<string, string> = {}) => ({ annotations: { description: text }, labels })
const balancer = (metadata: any = {}, spec: any = {}) => ({
  ...service('edge', { app: 'edge' }),
  metadata: { ...service('edge', null).metadata, ...metadata },
  spec: { type: 'LoadBalancer', selector: { app: 'edge' }, ports: [{ port: 80 }], ...spec },
})
const pool = (name: string, addresses: string[], more: any = {}) =>
  object('metallb.io/v1beta1', 'IPAddressPool', name, { metadata: { namespace: 'metallb-system' }, spec: { addresses, ...more } })

const proxySpec = podSpec(
  { name: 'kube-proxy', volumeMounts: [{ name: 'c', mountPath: '/c' }] },
  { hostNetwork: true, volumes: [{ name: 'c', configMap: { name: 'kube-proxy' } }] },
)
const kubeProxy = (config: string, at: string) =>
  inside('kube-system', [
    object('apps/v1', 'DaemonSet', 'kube-proxy', {
      spec: { selector: { matchLabels: { k: 'p' } }, template: { metadata: { labels: { k: 'p' } }, spec: proxySpec } },
      status: { desiredNumberScheduled: 1, numberReady: 1 },
    }),
    pod('kube-proxy-1', proxySpec, running, {
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'kube-proxy', uid: 'uid-DaemonSet-kube-proxy', controller: true },
      ],
    }),
    configMap('kube-proxy', { 'config.conf': config }, edited({ 'f:data': { 'f:config.conf': {} } }, at)),
  ])

type Case = [string, any[], string, any, string | RegExp]
const cases: Case[] = [
  [
    'an image of a public name is kept by a registry of this cluster that is down',
    [
      deployment('web', podSpec({ image: 'images.shop.example/web:2' }), [
        waiting(
          'ImagePullBackOff',
          'failed to resolve reference: unexpected status from HEAD request to https://images.shop.example/v2/web/manifests/2: 503 Service Unavailable',
        ),
      ]),
      ...inside('tools', [
        ingress('registry', 'images.shop.example', 'registry'),
        service('registry', { app: 'registry' }),
        dep('registry', { resources: { limits: { memory: '64Mi' } } }, oom),
      ]),
    ],
    'Deployment shop/web',
    {},
    'Deployment tools/registry: spec.template.spec.containers[name=app].resources.limits.memory',
  ],
  [
    'a program calls another one by its public name',
    [
      dep(
        'web',
        env(['SSO', 'https://sso.shop.example']),
        rep('ERROR login failed: Get "https://sso.shop.example/keys": 503 Service Unavailable'),
      ),
      ...inside('auth', [
        ingress('sso', 'sso.shop.example', 'sso'),
        service('sso', { app: 'sso' }),
        dep('sso', { resources: { limits: { memory: '64Mi' } } }, oom),
      ]),
    ],
    'Deployment shop/web',
    says('many errors'),
    'Deployment auth/sso: spec.template.spec.containers[name=app].resources.limits.memory',
  ],
  [
    'no address is left for a load balancer',
    [
      dep('edge'),
      balancer(),
      event(balancer(), 'AllocationFailed', 'Failed to allocate IP for "shop/edge": no available IPs'),
      pool('lan', ['10.0.0.1-10.0.0.3']),
    ],
    'Service shop/edge',
    {},
    'IPAddressPool metallb-system/lan: spec.addresses',
  ],
  [
    'of two pools only one is for everybody',
    [
      dep('edge'),
      balancer(),
      event(balancer(), 'AllocationFailed', 'Failed to allocate IP for "shop/edge": no available IPs'),
      pool('lan', ['10.0.0.1-10.0.0.3']),
      pool('dmz', ['10.1.0.0/24'], { autoAssign: false }),
    ],
    'Service shop/edge',
    {},
    'IPAddressPool metallb-system/lan: spec.addresses',
  ],
  [
    'a pool that nobody knows',
    [
      dep('edge'),
      balancer({ annotations: { 'metallb.io/address-pool': 'office' } }),
      event(balancer(), 'AllocationFailed', 'Failed to allocate IP for "shop/edge": unknown pool "office"'),
      pool('lan', ['10.0.0.1-10.0.0.3']),
    ],
    'Service shop/edge',
    {},
    'Service shop/edge: metadata.annotations[metallb.io/address-pool]',
  ],
  [
    'an address that is in no pool',
    [
      dep('edge'),
      balancer({}, { loadBalancerIP: '10.9.9.9' }),
      event(balancer(), 'AllocationFailed', 'Failed to allocate IP for "shop/edge": ["10.9.9.9"] is not allowed in config'),
      pool('lan', ['10.0.0.1-10.0.0.3']),
    ],
    'Service shop/edge',
    {},
    'Service shop/edge: spec.loadBalancerIP',
  ],
  [
    'who gives the addresses is down',
    [
      dep('edge'),
      balancer(),
      pool('lan', ['10.0.0.1-10.0.0.3']),
      ...inside('metallb-system', [dep('controller', { resources: { limits: { memory: '20Mi' } } }, oom)]),
    ],
    'Service shop/edge',
    {},
    'Deployment metallb-system/controller: spec.template.spec.containers[name=app].resources.limits.memory',
  ],
  [
    'a table of the kernel that was made small today',
    [node('n1'), ...kubeProxy('kind: KubeProxyConfiguration\nconntrack:\n  maxPerCore: 2048\n', ago('4h'))],
    'Node n1',
    says('99% of conntrack entries are used.'),
    'ConfigMap kube-system/kube-proxy: data[config.conf]',
  ],
  [
    'that was made small long ago',
    [node('n1'), ...kubeProxy('kind: KubeProxyConfiguration\nconntrack:\n  maxPerCore: 2048\n', ago('3d'))],
    'Node n1',
    says('99% of conntrack entries are used.'),
    'Node n1: -',
  ],
  [
    'a setting of the name that the alert says, changed before it',
    [dep('web', env(['SESSION_TTL', '10']), running, { before: podSpec(env(['SESSION_TTL', '3600'])), changed: ago('30m') })],
    'Deployment shop/web',
    says('Users lose their session'),
    'Deployment shop/web: spec.template.spec.containers[name=app].env[name=SESSION_TTL].value',
  ],
  [
    'another one is no more than the last that was changed',
    [dep('web', env(['COLOUR', '10']), running, { before: podSpec(env(['COLOUR', '3600'])), changed: ago('30m') })],
    'Deployment shop/web',
    says('Users lose their session'),
    'Deployment shop/web: spec.template.spec.containers[name=app].env[name=COLOUR].value',
  ],
  [
    'a scanner asks for what never was',
    [
      ingress('web', 'www.shop.example', 'web'),
      service('web', { app: 'web' }),
      dep(
        'web',
        {},
        rep(
          '[error] 29#29: open() "/usr/share/nginx/html/.env" failed (2: No such file or directory), request: "GET /.env HTTP/1.1"\n10.0.0.1 - - "GET /.env HTTP/1.1" 404 153',
        ),
        { before: podSpec({ image: 'registry.example/app:0.9' }), changed: ago('30m') },
      ),
    ],
    'Deployment shop/web',
    says('61% of the requests were answered with 4xx'),
    'healthy',
  ],
]
it.each(cases)('%s', async (_, objects, target, alert, expected) => {
  const found = await cause(objects, target, alert)
  expect(found).toMatch(exactly(expected))
})
