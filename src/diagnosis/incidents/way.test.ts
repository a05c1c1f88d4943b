import { expect, it } from 'vitest'
import { ago, cause, deployment, edited, event, node, object, pod, podSpec, service, crashing } from '../fixtures.ts'
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
  nginx,
  daemon,
  stateful,
  sys,
  coredns,
  editedMap,
  custom,
  cond,
  T,
  exactly,
  type Case,
} from './worlds.ts'

/** Trouble on the way of requests, in DNS, proxies, volumes and pools. */

const cases: Case[] = [
  [
    'traefik route to a service that is not there',
    [
      dep('web'),
      service('web', { app: 'web' }),
      custom('traefik.io/v1alpha1', 'IngressRoute', 'web', {
        entryPoints: ['websecure'],
        routes: [{ kind: 'Rule', match: 'Host(`www.shop.example`)', services: [{ name: 'webb', port: 80 }] }],
      }),
      ...inside('traefik', [
        dep(
          'traefik',
          { image: 'traefik:v3', args: ['--providers.kubernetescrd'] },
          rep('ERR error="kubernetes service not found: shop/webb" ingress=web namespace=shop providerName=kubernetescrd'),
        ),
      ]),
    ],
    T,
    says('no requests come'),
    /IngressRoute shop\/web: spec.routes\[0\].services\[(0|name=webb)\].name/,
  ],
  [
    'traefik middleware is not there',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress(
        'web',
        'www.shop.example',
        'web',
        { annotations: { 'traefik.ingress.kubernetes.io/router.middlewares': 'shop-login@kubernetescrd' } },
        { ingressClassName: 'traefik' },
      ),
      nons(object('networking.k8s.io/v1', 'IngressClass', 'traefik', { spec: { controller: 'traefik.io/ingress-controller' } })),
      ...inside('traefik', [
        dep(
          'traefik',
          { image: 'traefik:v3', args: ['--providers.kubernetesingress'] },
          rep(
            'ERR error="middleware \\"shop-login@kubernetescrd\\" does not exist" entryPointName=websecure routerName=websecure-shop-web-www-shop-example@kubernetes',
          ),
        ),
      ]),
    ],
    'Ingress shop/web',
    says('404'),
    /Ingress shop\/web: metadata.annotations\[traefik.ingress.kubernetes.io\/router.middlewares\]/,
  ],
  [
    'strict mtls shuts a caller without a sidecar out',
    [
      dep(
        'batch',
        env(['API', 'http://api:80']),
        rep('ERROR Post "http://api:80/v1": read tcp 10.1.1.1:4->10.96.0.9:80: read: connection reset by peer'),
      ),
      service('api', { app: 'api' }),
      dep('api'),
      custom(
        'security.istio.io/v1',
        'PeerAuthentication',
        'default',
        { mtls: { mode: 'STRICT' } },
        undefined,
        edited({ 'f:spec': { 'f:mtls': { 'f:mode': {} } } }, ago('30m')),
      ),
    ],
    'Deployment shop/batch',
    says('fails'),
    /PeerAuthentication shop\/default: spec.mtls.mode/,
  ],
  [
    'node-local dns is out of memory',
    [
      dep(
        'web',
        env(['API', 'http://api.pay.example']),
        rep('dial tcp: lookup api.pay.example on 169.254.20.10:53: read udp 10.1.1.1:4->169.254.20.10:53: i/o timeout'),
      ),
      ...coredns('.:53 {\n forward . /etc/resolv.conf\n}'),
      ...sys(
        daemon(
          'node-local-dns',
          podSpec(
            { args: ['-localip', '169.254.20.10,10.96.0.10', '-conf', '/etc/Corefile'], resources: { limits: { memory: '30Mi' } } },
            { hostNetwork: true },
          ),
          [['n1', oom]],
        ),
      ),
    ],
    T,
    says('errors'),
    /DaemonSet kube-system\/node-local-dns: .*limits.memory/,
  ],
  [
    'coredns is out of memory',
    [
      dep('web', env(['API', 'http://api.pay.example']), rep('getaddrinfo EAI_AGAIN api.pay.example')),
      ...coredns('.:53 {\n forward . /etc/resolv.conf\n}', oom, null, { resources: { limits: { memory: '30Mi' } } }),
    ],
    T,
    says('errors'),
    /Deployment kube-system\/coredns: .*limits.memory/,
  ],
  [
    'coredns loops',
    [
      dep('web', env(['API', 'http://api.pay.example']), rep('getaddrinfo EAI_AGAIN api.pay.example')),
      ...coredns(
        '.:53 {\n loop\n forward . /etc/resolv.conf\n}',
        crashing(
          1,
          '[FATAL] plugin/loop: Loop (127.0.0.1:52011 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 12 34."',
        ),
        ago('30m'),
      ),
    ],
    T,
    says('errors'),
    'ConfigMap kube-system/coredns: data.Corefile',
  ],
  [
    'proxy protocol on one side only',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web'),
      ...nginx(
        '2026/05/01 11:59:00 [error] 31#31: *1 broken header: "GET / HTTP/1.1 Host: www.shop.example" while reading PROXY protocol, client: 10.0.0.1, server: 0.0.0.0:80',
        editedMap('ingress-nginx-controller', { 'use-proxy-protocol': 'true' }),
      ),
    ],
    'Ingress shop/web',
    says('down'),
    /ConfigMap ingress-nginx\/ingress-nginx-controller: data.use-proxy-protocol/,
  ],
  [
    'old clients and tls 1.3',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web'),
      ...nginx(
        '2026/05/01 11:59:00 [crit] 31#31: *1 SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking, client: 10.0.0.1, server: 0.0.0.0:443',
        editedMap('ingress-nginx-controller', { 'ssl-protocols': 'TLSv1.3' }),
      ),
    ],
    'Ingress shop/web',
    says('handshakes fail'),
    /ConfigMap ingress-nginx\/ingress-nginx-controller: data.ssl-protocols/,
  ],
  [
    'modsecurity',
    [
      dep('web'),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web', {
        annotations: {
          'nginx.ingress.kubernetes.io/enable-modsecurity': 'true',
          'nginx.ingress.kubernetes.io/enable-owasp-core-rules': 'true',
        },
      }),
      ...nginx(
        '2026/05/01 11:59:00 [error] 31#31: *1 [client 10.0.0.1] ModSecurity: Access denied with code 403 (phase 2). Matched "Operator `Ge\' with parameter `5\' against variable `TX:ANOMALY_SCORE\' (Value: `5\' ) [file "/etc/nginx/owasp-modsecurity-crs/rules/REQUEST-949-BLOCKING-EVALUATION.conf"] [id "949110"] [hostname "www.shop.example"] [uri "/api/orders"]',
      ),
    ],
    'Ingress shop/web',
    says('403'),
    /Ingress shop\/web: metadata.annotations\[nginx.ingress.kubernetes.io\/enable-(modsecurity|owasp-core-rules)\]/,
  ],
  [
    'no_proxy forgets the cluster',
    [
      dep(
        'web',
        env(
          ['HTTP_PROXY', 'http://squid.egress.svc:3128'],
          ['NO_PROXY', 'localhost'],
          ['CATALOG', 'http://catalog.shop.svc.cluster.local'],
        ),
        rep(
          'ERROR GET http://catalog.shop.svc.cluster.local/items: 503 Service Unavailable from proxy squid.egress.svc:3128 (X-Squid-Error: ERR_DNS_FAIL 0)',
        ),
        { before: podSpec(env(['CATALOG', 'http://catalog.shop.svc.cluster.local'])), changed: ago('30m') },
      ),
      service('catalog', { app: 'catalog' }),
      dep('catalog'),
      ...inside('egress', [service('squid', { app: 'squid' }, [{ port: 3128 }]), dep('squid')]),
    ],
    T,
    says('errors'),
    /Deployment shop\/web: .*(HTTP_PROXY|NO_PROXY)/,
  ],
  [
    'egress proxy is down',
    [
      dep(
        'web',
        env(['HTTPS_PROXY', 'http://squid.egress.svc:3128']),
        rep('ERROR Post "https://api.pay.example/v1": proxyconnect tcp: dial tcp 10.96.0.77:3128: connect: connection refused'),
      ),
      ...inside('egress', [
        service('squid', { app: 'squid' }, [{ port: 3128 }]),
        dep('squid', { resources: { limits: { memory: '64Mi' } } }, oom),
      ]),
    ],
    T,
    says('errors'),
    /Deployment egress\/squid: .*limits.memory/,
  ],
  [
    'egress proxy allows less',
    [
      dep(
        'web',
        env(['HTTPS_PROXY', 'http://squid.egress.svc:3128']),
        rep('ERROR Post "https://api.pay.example/v1": Forbidden (proxy answered 403 to CONNECT api.pay.example:443)'),
      ),
      ...inside('egress', [
        service('squid', { app: 'squid' }, [{ port: 3128 }]),
        dep(
          'squid',
          { volumeMounts: [{ name: 'c', mountPath: '/etc/squid' }] },
          rep('1777.1 0 10.1.1.1 TCP_DENIED/403 3900 CONNECT api.pay.example:443 - HIER_NONE/- text/html'),
          {},
          { volumes: [{ name: 'c', configMap: { name: 'squid' } }] },
        ),
        editedMap('squid', { 'allowlist.txt': '.mail.example\n.bank.example\n' }),
      ]),
    ],
    T,
    says('errors'),
    /ConfigMap egress\/squid: data/,
  ],
  [
    'nfs server in the cluster is down',
    [
      deployment('web', podSpec({}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'media' } }] }), [
        { phase: 'Pending', state: { waiting: { reason: 'ContainerCreating' } } },
      ]),
      object('v1', 'PersistentVolumeClaim', 'media', {
        spec: { volumeName: 'pv-media', storageClassName: 'nfs' },
        status: { phase: 'Bound' },
      }),
      nons(
        object('v1', 'PersistentVolume', 'pv-media', {
          spec: { nfs: { server: 'nfs.storage.svc.cluster.local', path: '/media' } },
          status: { phase: 'Bound' },
        }),
      ),
      event(
        { ...pod('web-r1-0', podSpec({})), kind: 'Pod' } as any,
        'FailedMount',
        'MountVolume.SetUp failed for volume "pv-media" : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs nfs.storage.svc.cluster.local:/media /var/lib/kubelet/pods/x\nOutput: mount.nfs: Connection timed out',
      ),
      ...inside('storage', [
        service('nfs', { app: 'nfs' }, [{ port: 2049 }]),
        dep('nfs', { resources: { limits: { memory: '64Mi' } } }, oom),
      ]),
    ],
    T,
    says('not ready'),
    /Deployment storage\/nfs: .*limits.memory/,
  ],
  [
    'snapshot class that is not there',
    [
      custom(
        'snapshot.storage.k8s.io/v1',
        'VolumeSnapshot',
        'nightly-0501',
        { source: { persistentVolumeClaimName: 'data' }, volumeSnapshotClassName: 'csi-snap' },
        {
          readyToUse: false,
          error: {
            message: 'Failed to get snapshot class with error volumesnapshotclass.snapshot.storage.k8s.io "csi-snap" not found',
            time: ago('30m'),
          },
        },
      ),
      object('v1', 'PersistentVolumeClaim', 'data', { spec: { volumeName: 'pv' }, status: { phase: 'Bound' } }),
    ],
    'Namespace shop',
    says('The last snapshot of data is older than 24 hours'),
    /VolumeSnapshot shop\/nightly-0501: spec.volumeSnapshotClassName/,
  ],
  [
    'calico pool is off',
    [
      deployment('web', podSpec({}), [{ phase: 'Pending', state: { waiting: { reason: 'ContainerCreating' } } }]),
      event(
        pod('web-r1-0', podSpec({})),
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: plugin type="calico" failed (add): error adding pod to CNI network: no configured Calico pools or all pools are disabled',
      ),
      nons(
        custom(
          'crd.projectcalico.org/v1',
          'IPPool',
          'default-ipv4-ippool',
          { cidr: '10.244.0.0/16', disabled: true },
          undefined,
          edited({ 'f:spec': { 'f:disabled': {} } }, ago('30m')),
        ),
      ),
    ],
    T,
    says('not ready'),
    /IPPool default-ipv4-ippool: spec.disabled/,
  ],
  [
    'aws cni has no address',
    [
      deployment('web', podSpec({}), [{ phase: 'Pending', state: { waiting: { reason: 'ContainerCreating' } } }]),
      event(
        pod('web-r1-0', podSpec({})),
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
      ),
      ...sys(
        daemon(
          'aws-node',
          podSpec(
            { name: 'aws-node', ...env(['WARM_IP_TARGET', '5'], ['ENABLE_PREFIX_DELEGATION', 'false']) },
            { hostNetwork: true, volumes: [{ name: 'c', hostPath: { path: '/opt/cni/bin' } }] },
          ),
          [
            [
              'n1',
              rep(
                '{"level":"error","msg":"Unable to get IP address from datastore: no available IP/Prefix addresses; InsufficientFreeAddressesInSubnet"}',
              ),
            ],
          ],
        ),
      ),
    ],
    T,
    says('not ready'),
    /DaemonSet kube-system\/aws-node|Deployment shop\/web: -|Node/,
  ],
  [
    'karpenter pool is at its limit',
    [
      deployment('web', podSpec({}), [F_unplaced('0/3 nodes are available: 3 Insufficient cpu.')]),
      nons(
        custom(
          'karpenter.sh/v1',
          'NodePool',
          'general',
          { limits: { cpu: '40' }, template: {} },
          { resources: { cpu: '40' }, conditions: [cond('Ready', 'True', 'Ready', '')] },
        ),
      ),
      event(
        pod('web-r1-0', podSpec({})),
        'FailedScheduling',
        'Failed to schedule pod, incompatible with nodepool "general", all available instance types exceed limits for nodepool: "general"',
      ),
      node('n1'),
      node('n2'),
    ],
    T,
    says('not ready'),
    /NodePool general: spec.limits(\.cpu)?/,
  ],
  [
    'vault is sealed',
    [
      dep(
        'web',
        env(['VAULT_ADDR', 'http://vault.vault.svc:8200']),
        rep('ERROR Error making API request. URL: GET http://vault.vault.svc:8200/v1/secret/data/web Code: 503. Errors: * Vault is sealed'),
      ),
      ...inside('vault', [
        service('vault', { app: 'vault' }, [{ port: 8200 }]),
        ...stateful('vault', podSpec({ readinessProbe: { exec: { command: ['vault', 'status'] } } }), [
          urep('[INFO]  core: security barrier not initialized; vault is sealed'),
        ]),
      ]),
    ],
    T,
    says('errors'),
    /StatefulSet vault\/vault/,
  ],
  [
    'longhorn has no room for a replica',
    [
      deployment('web', podSpec({}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'media' } }] }), [
        { phase: 'Pending', state: { waiting: { reason: 'ContainerCreating' } } },
      ]),
      object('v1', 'PersistentVolumeClaim', 'media', { spec: { volumeName: 'pvc-1' }, status: { phase: 'Bound' } }),
      nons(
        object('v1', 'PersistentVolume', 'pvc-1', {
          spec: { csi: { driver: 'driver.longhorn.io', volumeHandle: 'pvc-1' } },
          status: { phase: 'Bound' },
        }),
      ),
      ...inside('longhorn-system', [
        custom(
          'longhorn.io/v1beta2',
          'Volume',
          'pvc-1',
          { size: '100', numberOfReplicas: 3 },
          {
            state: 'detached',
            robustness: 'faulted',
            conditions: [cond('Scheduled', 'False', 'ReplicaSchedulingFailure', 'insufficient storage;precheck new replica failed')],
          },
        ),
      ]),
      event(
        pod('web-r1-0', podSpec({})),
        'FailedAttachVolume',
        'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = Aborted desc = volume pvc-1 is not ready for workloads',
      ),
    ],
    T,
    says('not ready'),
    /Volume longhorn-system\/pvc-1/,
  ],
]
function F_unplaced(m: string): any {
  return {
    phase: 'Pending',
    node: null,
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: m, lastTransitionTime: ago('20m') }],
  }
}
it.each(cases)('%s', async (_, objects, target, alert, expected) => {
  const found = await cause(objects.flat(4), target, alert)
  expect(found).toMatch(exactly(expected))
})
