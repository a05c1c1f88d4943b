import { expect, it } from 'vitest'
import { ago, cause, deployment, edited, node, object, pod, podSpec, running, service, waiting, crashing } from '../fixtures.ts'
import {
  rep,
  urep,
  env,
  dep,
  says,
  inside,
  nons,
  oom,
  ingress,
  daemon,
  stateful,
  sys,
  custom,
  cond,
  T,
  exactly,
  type Case,
} from './worlds.ts'

/** Trouble of routes, policies, registries and the control plane's own programs. */

const gw = (name: string, spec: any, status: any = undefined) =>
  object('gateway.networking.k8s.io/v1', 'Gateway', name, { spec, ...(status ? { status } : {}) })
const route = (name: string, spec: any, status: any = undefined, metadata: any = {}) =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', name, { metadata, spec, ...(status ? { status } : {}) })
const cls = nons(
  object('gateway.networking.k8s.io/v1', 'GatewayClass', 'eg', {
    spec: { controllerName: 'gateway.envoyproxy.io/gatewayclass-controller' },
  }),
)
const attached = {
  parents: [
    {
      parentRef: { name: 'public' },
      conditions: [cond('Accepted', 'True', 'Accepted', ''), cond('ResolvedRefs', 'True', 'ResolvedRefs', '')],
    },
  ],
}
const listener = {
  name: 'https',
  protocol: 'HTTPS',
  port: 443,
  hostname: '*.shop.example',
  allowedRoutes: { namespaces: { from: 'Same' } },
}
const cases: Case[] = [
  [
    'a route times out since its timeout was cut',
    [
      cls,
      gw('public', { gatewayClassName: 'eg', listeners: [listener] }),
      route(
        'web',
        {
          parentRefs: [{ name: 'public' }],
          hostnames: ['www.shop.example'],
          rules: [{ timeouts: { request: '1s' }, backendRefs: [{ name: 'web', port: 80 }] }],
        },
        attached,
        edited({ 'f:spec': { 'f:rules': {} } }, ago('25m')),
      ),
      dep('web'),
      service('web', { app: 'web' }),
      ...inside('envoy-gateway-system', [
        dep(
          'envoy-shop-public',
          { image: 'envoyproxy/envoy:v1.35' },
          rep(
            '{"method":"GET","path":"/report","response_code":504,"response_flags":"UT",":authority":"www.shop.example","upstream_cluster":"httproute/shop/web/rule/0"}',
          ),
          { labels: { app: 'envoy', 'gateway.envoyproxy.io/owning-gateway-name': 'public' } },
        ),
      ]),
    ],
    'HTTPRoute shop/web',
    says('504'),
    /HTTPRoute shop\/web: spec.rules/,
  ],
  [
    'weights send half to a version that fails',
    [
      cls,
      gw('public', { gatewayClassName: 'eg', listeners: [listener] }),
      route(
        'web',
        {
          parentRefs: [{ name: 'public' }],
          hostnames: ['www.shop.example'],
          rules: [
            {
              backendRefs: [
                { name: 'web', port: 80, weight: 50 },
                { name: 'web-next', port: 80, weight: 50 },
              ],
            },
          ],
        },
        attached,
        edited({ 'f:spec': { 'f:rules': {} } }, ago('25m')),
      ),
      dep('web'),
      service('web', { app: 'web' }),
      dep(
        'web-next',
        env(['DB', 'postgres://pgnext:5432/x']),
        rep('ERROR could not translate host name "pgnext" to address: Name or service not known'),
      ),
      service('web-next', { app: 'web-next' }),
      ...inside('envoy-gateway-system', [
        dep(
          'envoy-shop-public',
          { image: 'envoyproxy/envoy:v1.35' },
          rep('{"method":"GET","path":"/","response_code":500,":authority":"www.shop.example"}'),
          { labels: { app: 'envoy', 'gateway.envoyproxy.io/owning-gateway-name': 'public' } },
        ),
      ]),
    ],
    'HTTPRoute shop/web',
    says('500'),
    /HTTPRoute shop\/web: spec.rules|Deployment shop\/web-next: .*DB/,
  ],
  [
    'backend tls policy with another name',
    [
      cls,
      gw('public', { gatewayClassName: 'eg', listeners: [listener] }),
      route(
        'web',
        { parentRefs: [{ name: 'public' }], hostnames: ['www.shop.example'], rules: [{ backendRefs: [{ name: 'web', port: 443 }] }] },
        attached,
      ),
      custom(
        'gateway.networking.k8s.io/v1',
        'BackendTLSPolicy',
        'web',
        {
          targetRefs: [{ kind: 'Service', name: 'web', group: '' }],
          validation: { hostname: 'web.old.svc', caCertificateRefs: [{ kind: 'ConfigMap', name: 'shop-ca', group: '' }] },
        },
        { ancestors: [{ conditions: [cond('Accepted', 'False', 'NoValidCACertificate', 'configmap shop-ca not found')] }] },
      ),
      dep('web'),
      service('web', { app: 'web' }, [{ port: 443 }]),
    ],
    'HTTPRoute shop/web',
    says('500'),
    /BackendTLSPolicy shop\/web: spec.validation.caCertificateRefs/,
  ],
  [
    'kube-proxy on one node is out of memory',
    [
      node('n1'),
      node('n2'),
      dep('web', env(['API', 'http://api']), { ...rep('dial tcp 10.96.0.9:80: i/o timeout'), node: 'n2' }),
      service('api', { app: 'api' }),
      dep('api'),
      ...sys(
        daemon('kube-proxy', podSpec({ resources: { limits: { memory: '20Mi' } } }, { hostNetwork: true }), [
          ['n1', running],
          ['n2', oom],
        ]),
      ),
    ],
    T,
    says('errors'),
    /DaemonSet kube-system\/kube-proxy: .*limits.memory/,
  ],
  [
    'a policy lets nobody out to the API server',
    [
      dep(
        'operator',
        {},
        crashing(
          1,
          'E0501 12:00:00.1 1 main.go:81] unable to start manager: Get "https://10.96.0.1:443/api?timeout=32s": dial tcp 10.96.0.1:443: i/o timeout',
        ),
      ),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'egress', {
        metadata: { creationTimestamp: ago('40m') },
        spec: {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] }],
        },
      }),
    ],
    'Deployment shop/operator',
    says('crash'),
    /NetworkPolicy shop\/egress: spec.egress/,
  ],
  [
    'a cilium policy by name of the outside',
    [
      dep(
        'web',
        env(['PAY', 'https://api.pay.example']),
        rep('ERROR Post "https://api.pay.example/v1": dial tcp 203.0.113.9:443: i/o timeout'),
      ),
      custom('cilium.io/v2', 'CiliumNetworkPolicy', 'egress', {
        endpointSelector: { matchLabels: { app: 'web' } },
        egress: [
          { toFQDNs: [{ matchName: 'api.old-pay.example' }] },
          { toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system' } }] },
        ],
      }),
    ],
    T,
    says('errors'),
    /CiliumNetworkPolicy shop\/egress: spec.egress/,
  ],
  [
    'an external endpoint moved',
    [
      dep('web', env(['ERP', 'http://erp:8080']), rep('ERROR Get "http://erp:8080/x": dial tcp 10.50.0.9:8080: connect: no route to host')),
      object('v1', 'Service', 'erp', { spec: { clusterIP: 'None', ports: [{ port: 8080 }] } }),
      object('discovery.k8s.io/v1', 'EndpointSlice', 'erp-1', {
        metadata: { labels: { 'kubernetes.io/service-name': 'erp' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.50.0.9'] }],
        ports: [{ port: 8080 }],
      }),
    ],
    T,
    says('errors'),
    /EndpointSlice shop\/erp-1: endpoints/,
  ],
  [
    'mqtt clients cannot connect: LB source ranges',
    [
      dep('mqtt'),
      object('v1', 'Service', 'mqtt', {
        metadata: edited({ 'f:spec': { 'f:loadBalancerSourceRanges': {} } }, ago('25m')),
        spec: { type: 'LoadBalancer', selector: { app: 'mqtt' }, loadBalancerSourceRanges: ['10.0.0.0/8'], ports: [{ port: 1883 }] },
        status: { loadBalancer: { ingress: [{ ip: '203.0.113.5' }] } },
      }),
    ],
    'Service shop/mqtt',
    says('connected clients dropped to 0', { service: 'mqtt' }, 'MqttClientsGone'),
    /Service shop\/mqtt: spec.loadBalancerSourceRanges/,
  ],
  [
    'kubelet cannot reach its registry mirror',
    [
      deployment('web', podSpec({ image: 'docker.io/library/web:1' }), [
        waiting(
          'ImagePullBackOff',
          'failed to resolve reference "docker.io/library/web:1": failed to do request: Head "https://mirror.tools.example/v2/library/web/manifests/1?ns=docker.io": dial tcp 10.0.9.9:443: connect: connection refused',
        ),
      ]),
      ...inside('tools', [
        ingress('mirror', 'mirror.tools.example', 'mirror'),
        service('mirror', { app: 'mirror' }),
        dep('mirror', { resources: { limits: { memory: '64Mi' } } }, oom),
      ]),
    ],
    T,
    says('not ready'),
    /Deployment tools\/mirror: .*limits.memory/,
  ],
  [
    'the proxy in front of a registry is full',
    [
      deployment('web', podSpec({ image: 'images.shop.example/web:2' }), [
        waiting(
          'ImagePullBackOff',
          'failed to pull and unpack image "images.shop.example/web:2": failed to copy: httpReadSeeker: failed open: unexpected status code https://images.shop.example/v2/web/blobs/sha256:1: 500 Internal Server Error',
        ),
      ]),
      ...inside('tools', [
        ingress('registry', 'images.shop.example', 'registry'),
        service('registry', { app: 'registry' }),
        ...stateful(
          'registry',
          podSpec(
            { volumeMounts: [{ name: 'd', mountPath: '/var/lib/registry' }] },
            { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'registry' } }] },
          ),
          [
            rep(
              'level=error msg="response completed with error" err.code=unknown err.detail="filesystem: write /var/lib/registry/docker/x: no space left on device"',
            ),
          ],
        ),
        object('v1', 'PersistentVolumeClaim', 'registry', {
          spec: { volumeName: 'pv', resources: { requests: { storage: '5Gi' } } },
          status: { phase: 'Bound' },
        }),
      ]),
    ],
    T,
    says('not ready'),
    /PersistentVolumeClaim tools\/registry: spec.resources.requests.storage/,
  ],
  [
    'the token of the registry mirror',
    [
      deployment('web', podSpec({ image: 'images.shop.example/web:2' }, { imagePullSecrets: [{ name: 'regcred' }] }), [
        waiting(
          'ImagePullBackOff',
          'failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://images.shop.example/token: 401 Unauthorized',
        ),
      ]),
      object('v1', 'Secret', 'regcred'),
    ],
    T,
    says('not ready'),
    /Secret shop\/regcred|Deployment shop\/web: spec.template.spec.imagePullSecrets/,
  ],
  [
    'etcd of one member has a corrupt log',
    [
      ...sys(
        pod(
          'etcd-cp2',
          podSpec({ name: 'etcd', command: ['etcd', '--data-dir=/var/lib/etcd'] }),
          crashing(2, '{"level":"fatal","msg":"failed to read WAL, cannot be repaired","error":"wal: crc mismatch"}'),
          { labels: { component: 'etcd' } },
        ),
      ),
      node('n1'),
    ],
    'Pod kube-system/etcd-cp2',
    says('etcd member down', {}, 'etcdMembersDown'),
    /Pod kube-system\/etcd-cp2/,
  ],
  [
    'the api server of a node does not know the flag',
    [
      ...sys(
        pod(
          'kube-apiserver-cp2',
          podSpec({ name: 'kube-apiserver', command: ['kube-apiserver', '--feature-gates=OldGate=true', '--secure-port=6443'] }),
          crashing(1, 'Error: invalid argument "OldGate=true" for "--feature-gates" flag: unrecognized feature gate: OldGate'),
          { labels: { component: 'kube-apiserver' } },
        ),
      ),
      node('n1'),
    ],
    'Pod kube-system/kube-apiserver-cp2',
    says('down', {}, 'KubeAPIDown'),
    /Pod kube-system\/kube-apiserver-cp2: spec.containers\[name=kube-apiserver\].command\[1\]/,
  ],
  [
    'serving certificates are not approved',
    [
      ...sys(
        dep(
          'metrics-server',
          { args: ['--kubelet-certificate-authority=/ca/ca.crt'] },
          urep(
            'E0501 scraper.go:149] "Failed to scrape node" err="Get \\"https://10.0.0.5:10250/metrics/resource\\": tls: failed to verify certificate: x509: cannot validate certificate for 10.0.0.5 because it doesn\'t contain any IP SANs" node="n1"',
          ),
          { before: podSpec({ args: ['--kubelet-insecure-tls'] }), changed: ago('30m') },
        ),
      ),
      node('n1'),
    ],
    'Deployment kube-system/metrics-server',
    says('down'),
    /Deployment kube-system\/metrics-server: .*args/,
  ],
]
it.each(cases)('%s', async (_, objects, target, alert, expected) => {
  const found = await cause(objects.flat(4), target, alert)
  expect(found).toMatch(exactly(expected))
})
