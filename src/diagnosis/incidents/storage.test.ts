import { expect, it } from 'vitest'
import { ago, cause, deployment, event, node, object, pod, podSpec, running, service, crashing } from '../fixtures.ts'
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
  T,
  exactly,
  type Case,
} from './worlds.ts'

/** Trouble of volumes, of those that provide them, of names and certificates. */

const pvc = (name: string, size = '5Gi', cls = 'standard') =>
  object('v1', 'PersistentVolumeClaim', name, {
    spec: { storageClassName: cls, volumeName: 'pv-' + name, resources: { requests: { storage: size } } },
    status: { phase: 'Bound' },
  })
const stuck = (reason: string, message: string, p: any = {}, app: any = {}) => [
  deployment('web', podSpec(app, p), [{ phase: 'Pending', state: { waiting: { reason: 'ContainerCreating' } } }]),
  event(pod('web-r1-0', podSpec({})), reason, message),
]
const vol = (claimName: string) => ({ volumes: [{ name: 'd', persistentVolumeClaim: { claimName } }] })
const cases: Case[] = [
  [
    'the CSI node plug-in crashes on this node',
    [
      ...stuck(
        'FailedMount',
        'MountVolume.MountDevice failed for volume "pv-data" : rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /var/lib/kubelet/plugins/ebs.csi.aws.com/csi.sock: connect: connection refused"',
        vol('data'),
      ),
      pvc('data'),
      nons(
        object('v1', 'PersistentVolume', 'pv-data', {
          metadata: { annotations: { 'pv.kubernetes.io/provisioned-by': 'ebs.csi.aws.com' } },
          spec: { csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1' } },
          status: { phase: 'Bound' },
        }),
      ),
      node('n1'),
      ...sys(
        daemon(
          'ebs-csi-node',
          podSpec(
            { args: ['--csi-address=/var/lib/kubelet/plugins/ebs.csi.aws.com/csi.sock'], resources: { limits: { memory: '20Mi' } } },
            { volumes: [{ name: 'p', hostPath: { path: '/var/lib/kubelet/plugins/ebs.csi.aws.com/' } }] },
          ),
          [['n1', oom]],
        ),
      ),
    ],
    T,
    says('not ready'),
    /DaemonSet kube-system\/ebs-csi-node: .*limits.memory/,
  ],
  [
    'the CSI controller may not attach',
    [
      ...stuck(
        'FailedAttachVolume',
        'AttachVolume.Attach failed for volume "pv-data" : rpc error: code = Internal desc = Could not attach volume "vol-1" to node "i-1": UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:sts::1:assumed-role/ebs-csi is not authorized to perform: ec2:AttachVolume',
        vol('data'),
      ),
      pvc('data'),
      nons(
        object('v1', 'PersistentVolume', 'pv-data', {
          metadata: { annotations: { 'pv.kubernetes.io/provisioned-by': 'ebs.csi.aws.com' } },
          spec: { csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1' } },
          status: { phase: 'Bound' },
        }),
      ),
      node('n1'),
      ...sys(
        object('v1', 'ServiceAccount', 'ebs-csi-controller-sa', {
          metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/ebs-csi' } },
        }),
        dep(
          'ebs-csi-controller',
          { args: ['--endpoint=unix:///csi/csi.sock'] },
          running,
          {},
          { serviceAccountName: 'ebs-csi-controller-sa' },
        ),
      ),
    ],
    T,
    says('not ready'),
    /ServiceAccount kube-system\/ebs-csi-controller-sa|Deployment kube-system\/ebs-csi-controller|PersistentVolumeClaim shop\/data/,
  ],
  [
    'a file system of the wrong type',
    [
      ...stuck(
        'FailedMount',
        'MountVolume.MountDevice failed for volume "pv-data" : rpc error: code = Internal desc = failed to format and mount device: mount failed: wrong fs type, bad option, bad superblock on /dev/nvme1n1 -o noexecc',
        vol('data'),
      ),
      pvc('data'),
      nons(
        object('v1', 'PersistentVolume', 'pv-data', {
          spec: { mountOptions: ['noexecc'], csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1', fsType: 'ext4' } },
          status: { phase: 'Bound' },
        }),
      ),
      node('n1'),
    ],
    T,
    says('not ready'),
    /PersistentVolume pv-data: spec.mountOptions(\[0\])?|StorageClass standard: mountOptions/,
  ],
  [
    'a provisioner without its secret',
    [
      object('v1', 'PersistentVolumeClaim', 'data', {
        spec: { storageClassName: 'ceph', resources: { requests: { storage: '5Gi' } } },
        status: { phase: 'Pending' },
      }),
      event(
        object('v1', 'PersistentVolumeClaim', 'data'),
        'ProvisioningFailed',
        'failed to provision volume with StorageClass "ceph": error getting secret csi-rbd-provisioner in namespace rook: secrets "csi-rbd-provisioner" not found',
      ),
      nons(
        object('storage.k8s.io/v1', 'StorageClass', 'ceph', {
          provisioner: 'rook.rbd.csi.ceph.com',
          parameters: {
            'csi.storage.k8s.io/provisioner-secret-name': 'csi-rbd-provisioner',
            'csi.storage.k8s.io/provisioner-secret-namespace': 'rook',
          },
        }),
      ),
    ],
    'PersistentVolumeClaim shop/data',
    says('pending'),
    /StorageClass ceph: parameters\[csi.storage.k8s.io\/provisioner-secret-name\]/,
  ],
  [
    'no space in the pool of the storage',
    [
      object('v1', 'PersistentVolumeClaim', 'data', {
        spec: { storageClassName: 'lvm', resources: { requests: { storage: '500Gi' } } },
        status: { phase: 'Pending' },
      }),
      event(
        object('v1', 'PersistentVolumeClaim', 'data'),
        'ProvisioningFailed',
        'failed to provision volume with StorageClass "lvm": rpc error: code = ResourceExhausted desc = no enough space left on VG vg1: requested 500Gi, free 120Gi',
      ),
      nons(object('storage.k8s.io/v1', 'StorageClass', 'lvm', { provisioner: 'topolvm.io' })),
    ],
    'PersistentVolumeClaim shop/data',
    says('pending'),
    /PersistentVolumeClaim shop\/data: spec.resources.requests.storage/,
  ],
  [
    'attach limit of the node',
    [
      deployment('web', podSpec({}, vol('data')), [
        {
          phase: 'Pending',
          node: null,
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message:
                '0/2 nodes are available: 2 node(s) exceed max volume count. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
              lastTransitionTime: ago('20m'),
            },
          ],
        } as any,
      ]),
      pvc('data'),
      node('n1'),
      node('n2'),
    ],
    T,
    says('pending'),
    /Deployment shop\/web|PersistentVolumeClaim shop\/data|Node/,
  ],
  [
    'the wal of a dead subscriber fills the disk',
    [
      ...stateful('pg', podSpec({ volumeMounts: [{ name: 'd', mountPath: '/var/lib/postgresql' }] }, vol('pg-data')), [
        crashing(1, 'PANIC:  could not write to file "pg_wal/xlogtemp.31": No space left on device'),
      ]),
      pvc('pg-data'),
      service('pg', { app: 'pg' }, [{ port: 5432 }]),
    ],
    'StatefulSet shop/pg',
    says('down'),
    /PersistentVolumeClaim shop\/pg-data: spec.resources.requests.storage/,
  ],
  [
    'DNS of one namespace: a stub domain server in the cluster is gone',
    [
      dep(
        'web',
        env(['LDAP', 'ldap://dc1.corp.example']),
        rep('ldap: dial tcp: lookup dc1.corp.example on 10.96.0.10:53: server misbehaving'),
      ),
      ...coredns(
        '.:53 {\n forward . /etc/resolv.conf\n}\ncorp.example:53 {\n forward . 10.96.7.7\n}',
        rep('[ERROR] plugin/errors: 2 dc1.corp.example. A: read udp 10.1.1.1:4->10.96.7.7:53: i/o timeout'),
      ),
      ...inside('corp', [
        object('v1', 'Service', 'bind', { spec: { clusterIP: '10.96.7.7', selector: { app: 'bind' }, ports: [{ port: 53 }] } }),
        dep('bind', { resources: { limits: { memory: '16Mi' } } }, oom),
      ]),
    ],
    T,
    says('errors'),
    /Deployment corp\/bind: .*limits.memory|ConfigMap kube-system\/coredns: data.Corefile/,
  ],
  [
    'ndots and a wildcard: pod dnsConfig',
    [
      dep(
        'web',
        env(['API', 'api.pay.example']),
        rep('getaddrinfo ENOTFOUND api.pay.example'),
        { before: podSpec(env(['API', 'api.pay.example'])), changed: ago('30m') },
        { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.9.9.9'] } },
      ),
    ],
    T,
    says('errors'),
    /Deployment shop\/web: spec.template.spec.dns(Config|Policy)/,
  ],
  [
    'a headless service called by its port',
    [
      dep('web', env(['CACHE', 'cache:80']), rep('dial tcp 10.1.1.7:80: connect: connection refused (cache:80)')),
      object('v1', 'Service', 'cache', {
        spec: { clusterIP: 'None', selector: { app: 'cache' }, ports: [{ port: 80, targetPort: 6379 }] },
      }),
      dep('cache', { ports: [{ containerPort: 6379 }] }, { ...running, log: 'Ready to accept connections on 0.0.0.0:6379' }),
    ],
    T,
    says('errors'),
    /Deployment shop\/web: .*CACHE|Service shop\/cache/,
  ],
  [
    'a haproxy ingress cannot reach',
    [
      dep('web', {}, urep('ERROR cannot connect to redis: NOAUTH Authentication required')),
      service('web', { app: 'web' }),
      ingress('web', 'www.shop.example', 'web'),
      ...nginx('x'),
    ],
    'Ingress shop/web',
    says('503'),
    /Deployment shop\/web/,
  ],
  [
    'vault injector: agent cannot log in',
    [
      dep(
        'web',
        {},
        crashing(
          1,
          '[ERROR] agent.auth.handler: error authenticating: error="Error making API request. URL: PUT http://vault.vault.svc:8200/v1/auth/kubernetes/login Code: 403. Errors: * permission denied"',
        ),
        {},
        {},
      ),
      ...inside('vault', [service('vault', { app: 'vault' }, [{ port: 8200 }]), ...stateful('vault', podSpec({}), [running])]),
    ],
    T,
    says('crash'),
    /Deployment shop\/web/,
  ],
  [
    'linkerd: proxy injector certificate ran out',
    [
      dep('web', {}, running),
      ...inside('linkerd', [
        dep(
          'linkerd-identity',
          {},
          crashing(
            1,
            'time="2026-05-01T11:59:00Z" level=fatal msg="Failed to verify issuer credentials for \'identity.linkerd.cluster.local\' with trust anchors: x509: certificate has expired or is not yet valid: current time 2026-05-01T11:59:00Z is after 2026-04-30T00:00:00Z"',
          ),
          {},
          { volumes: [{ name: 'i', secret: { secretName: 'linkerd-identity-issuer' } }] },
        ),
      ]),
    ],
    'Deployment linkerd/linkerd-identity',
    says('crash'),
    /Secret linkerd\/linkerd-identity-issuer/,
  ],
]
it.each(cases)('%s', async (_, objects, target, alert, expected) => {
  const found = await cause(objects.flat(4), target, alert)
  expect(found).toMatch(exactly(expected))
})
