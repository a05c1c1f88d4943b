import { expect, it } from 'vitest'
import { ago, cause, deployment, edited, node, object, pod, podSpec, running, service, crashing } from '../fixtures.ts'
import {
  rep,
  env,
  dep,
  says,
  inside,
  nons,
  oom,
  ingress,
  nginx,
  daemon,
  stateful,
  sys,
  coredns,
  custom,
  T,
  exactly,
  type Case,
} from './worlds.ts'

/** Trouble some hops away from what the alert names. */

const cases: Case[] = [
  [
    'a rate limit service is down behind envoy',
    [
      dep(
        'web',
        {},
        rep(
          '[warning][filter] ratelimit: gRPC call failed: upstream connect error or disconnect/reset before headers. reset reason: connection refused cluster=rate-limit.edge.svc:8081',
        ),
      ),
      ...inside('edge', [
        service('rate-limit', { app: 'rate-limit' }, [{ port: 8081 }]),
        dep('rate-limit', { resources: { limits: { memory: '16Mi' } } }, oom),
      ]),
    ],
    T,
    says('errors'),
    /Deployment edge\/rate-limit: .*limits.memory/,
  ],
  [
    'keycloak behind the ingress gives 503 to oauth2-proxy',
    [
      dep(
        'oauth2-proxy',
        { args: ['--oidc-issuer-url=https://id.shop.example/realms/main'] },
        crashing(
          1,
          '[2026/05/01 12:00:00] [main.go:60] ERROR: Failed to initialise OAuth2 Proxy: error initialising provider: could not create provider data: error building OIDC ProviderVerifier: could not get verifier builder: error while discovery OIDC configuration: unexpected status "503": <html>503 Service Temporarily Unavailable</html>',
        ),
      ),
      ...inside('id', [
        ingress('keycloak', 'id.shop.example', 'keycloak'),
        service('keycloak', { app: 'keycloak' }),
        ...stateful('keycloak', podSpec({ resources: { limits: { memory: '256Mi' } } }), [oom]),
      ]),
    ],
    'Deployment shop/oauth2-proxy',
    says('crash loops'),
    /StatefulSet id\/keycloak: .*limits.memory/,
  ],
  [
    'SLO of the front, the fault two hops away',
    [
      dep('front', env(['API', 'http://api']), rep('ERROR GET http://api/items 502')),
      service('front', { app: 'front' }),
      ingress('front', 'www.shop.example', 'front'),
      dep('api', env(['DB', 'postgres://pg:5432/x']), rep('ERROR could not connect to server: Connection refused pg:5432')),
      service('api', { app: 'api' }),
      service('pg', { app: 'pg' }, [{ port: 5432 }]),
      ...stateful(
        'pg',
        podSpec(
          { volumeMounts: [{ name: 'd', mountPath: '/var/lib/postgresql' }] },
          { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'pg-data' } }] },
        ),
        [crashing(1, 'FATAL:  could not write lock file "postmaster.pid": No space left on device')],
      ),
      object('v1', 'PersistentVolumeClaim', 'pg-data', {
        spec: { volumeName: 'pv', resources: { requests: { storage: '5Gi' } } },
        status: { phase: 'Bound' },
      }),
    ],
    'Service shop/front',
    says('availability SLO burns', { service: 'front' }, 'ErrorBudgetBurn'),
    /PersistentVolumeClaim shop\/pg-data: spec.resources.requests.storage/,
  ],
  [
    'a node without network policy agent... calls from one node fail',
    [
      node('n1'),
      node('n2'),
      dep('web', env(['API', 'http://api']), { ...rep('dial tcp 10.96.0.9:80: i/o timeout'), node: 'n2' }),
      service('api', { app: 'api' }),
      dep('api'),
      ...sys(
        daemon('cilium', podSpec({ args: ['--x'] }, { hostNetwork: true, volumes: [{ name: 'c', hostPath: { path: '/opt/cni/bin' } }] }), [
          ['n1', running],
          ['n2', crashing(1, 'level=fatal msg="Unable to initialize BPF: kernel lacks CONFIG_BPF"')],
        ]),
      ),
    ],
    T,
    says('errors'),
    /DaemonSet kube-system\/cilium/,
  ],
  [
    'ingress controller was scaled to zero',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web'),
      nons(object('networking.k8s.io/v1', 'IngressClass', 'nginx', { spec: { controller: 'k8s.io/ingress-nginx' } })),
      ...inside('ingress-nginx', [
        deployment('ingress-nginx-controller', podSpec({ image: 'registry.k8s.io/ingress-nginx/controller:v1.13' }), [], {
          replicas: 0,
          spec: { replicas: 0 },
        }),
        service('ingress-nginx-controller', { app: 'ingress-nginx-controller' }),
      ]),
    ],
    'Ingress shop/web',
    says('probe fails', { instance: 'https://www.shop.example' }, 'ProbeFailed'),
    /Deployment ingress-nginx\/ingress-nginx-controller: spec.replicas/,
  ],
  [
    'default-deny without DNS',
    [
      dep('web', env(['API', 'https://api.pay.example']), rep('getaddrinfo EAI_AGAIN api.pay.example')),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'deny', {
        metadata: { creationTimestamp: ago('30m') },
        spec: { podSelector: {}, policyTypes: ['Egress'], egress: [] },
      }),
      ...coredns('.:53 {\n forward . /etc/resolv.conf\n}'),
    ],
    T,
    says('errors'),
    /NetworkPolicy shop\/deny: spec.egress/,
  ],
  [
    'metallb speaker cannot announce: no node matches',
    [
      dep('edge'),
      object('v1', 'Service', 'edge', {
        spec: { type: 'LoadBalancer', selector: { app: 'edge' }, ports: [{ port: 80 }] },
        status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
      }),
      node('n1', { labels: { rack: 'a' } }),
      ...inside('metallb-system', [
        custom(
          'metallb.io/v1beta1',
          'L2Advertisement',
          'lan',
          { ipAddressPools: ['lan'], nodeSelectors: [{ matchLabels: { rack: 'z' } }] },
          undefined,
          edited({ 'f:spec': { 'f:nodeSelectors': {} } }, ago('30m')),
        ),
        custom('metallb.io/v1beta1', 'IPAddressPool', 'lan', { addresses: ['10.0.0.0/24'] }),
      ]),
    ],
    'Service shop/edge',
    says('probe fails', { service: 'edge' }, 'EdgeUnreachable'),
    /L2Advertisement metallb-system\/lan: spec.nodeSelectors/,
  ],
  [
    'a certificate secret with the wrong type of key in an ingress',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web', {}, { tls: [{ hosts: ['www.shop.example'], secretName: 'web-tls' }] }),
      object('v1', 'Secret', 'web-tls'),
      ...nginx(
        'W0501 12:00:00.1 7 backend_ssl.go:47] Error obtaining X.509 certificate: unexpected error creating SSL Cert: no valid PEM formatted block found; secret "shop/web-tls"',
      ),
    ],
    'Ingress shop/web',
    says('certificate is wrong'),
    /Ingress shop\/web: spec.tls\[0\].secretName|Secret shop\/web-tls/,
  ],
  [
    'the LB health check of a cloud after the health port changed',
    [
      dep('edge', {}, running),
      object('v1', 'Service', 'edge', {
        metadata: edited(
          { 'f:metadata': { 'f:annotations': { 'f:service.beta.kubernetes.io/aws-load-balancer-healthcheck-port': {} } } },
          ago('25m'),
        ),
        spec: { type: 'LoadBalancer', selector: { app: 'edge' }, ports: [{ port: 80 }] },
        status: { loadBalancer: { ingress: [{ hostname: 'x.elb.example' }] } },
      }),
    ],
    'Service shop/edge',
    says('no healthy targets', { service: 'edge' }, 'NoHealthyTargets'),
    /Service shop\/edge: metadata.annotations/,
  ],
  [
    'etcd on the node of a noisy neighbour',
    [
      node('n1'),
      ...sys(
        pod('etcd-n1', podSpec({ name: 'etcd' }), rep('{"level":"warn","msg":"slow fdatasync","took":"3.2s","expected-duration":"1s"}'), {
          labels: { component: 'etcd' },
        }),
      ),
    ],
    'Pod kube-system/etcd-n1',
    says('etcd WAL fsync p99 is 3s', {}, 'etcdHighFsyncDurations'),
    /Pod kube-system\/etcd-n1|Node n1/,
  ],
]
it.each(cases)('%s', async (_, objects, target, alert, expected) => {
  const found = await cause(objects.flat(4), target, alert)
  expect(found).toMatch(exactly(expected))
})
