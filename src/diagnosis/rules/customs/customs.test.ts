import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#cluster'
import { ago, cause, configMap, deployment, event, object, podSpec, running, run, service, waiting } from '../../fixtures.ts'

/** Custom resources with the statuses that their operators write. */

type Raw = Record<string, any>

const custom = (apiVersion: string, kind: string, name: string, spec: Raw, status: Raw, metadata: Raw = {}): KubeObject =>
  object(apiVersion, kind, name, { spec, status, metadata })

const no = (type: string, reason: string, message: string, since = '30m'): Raw => ({
  type,
  status: 'False',
  reason,
  message,
  lastTransitionTime: ago(since),
})
const yes = (type: string, reason: string, message: string): Raw => ({
  type,
  status: 'True',
  reason,
  message,
  lastTransitionTime: ago('30m'),
})
const ownedBy = (owner: KubeObject): Raw => ({
  ownerReferences: [
    { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true },
  ],
})

describe('what an operator says of its resource', () => {
  test('cert-manager: a Certificate whose issuer cannot solve the challenge', async () => {
    const certificate = custom(
      'cert-manager.io/v1',
      'Certificate',
      'shop-tls',
      { secretName: 'shop-tls', dnsNames: ['shop.example.com'], issuerRef: { kind: 'Issuer', name: 'letsencrypt' } },
      { conditions: [no('Ready', 'DoesNotExist', 'Issuing certificate as Secret does not exist'), yes('Issuing', 'DoesNotExist', '')] },
    )
    const issuer = custom(
      'cert-manager.io/v1',
      'Issuer',
      'letsencrypt',
      {
        acme: {
          server: 'https://acme-v02.api.letsencrypt.example/directory',
          solvers: [{ dns01: { route53: { hostedZoneID: 'Z0123456789' } } }],
        },
      },
      { conditions: [yes('Ready', 'ACMEAccountRegistered', '')] },
    )
    const request = custom(
      'cert-manager.io/v1',
      'CertificateRequest',
      'shop-tls-1',
      { issuerRef: { name: 'letsencrypt' } },
      { conditions: [no('Ready', 'Pending', 'Waiting on certificate issuance from order shop/shop-tls-1-99: "pending"')] },
      ownedBy(certificate),
    )
    const order = custom(
      'acme.cert-manager.io/v1',
      'Order',
      'shop-tls-1-99',
      { issuerRef: { name: 'letsencrypt' } },
      { state: 'pending' },
      ownedBy(request),
    )
    const challenge = custom(
      'acme.cert-manager.io/v1',
      'Challenge',
      'shop-tls-1-99-0',
      { issuerRef: { name: 'letsencrypt' }, dnsName: 'shop.example.com' },
      { state: 'errored', reason: 'failed to change Route 53 record set: NoSuchHostedZone: No hosted zone found with ID: Z0123456789' },
      ownedBy(order),
    )
    const all = [certificate, issuer, request, order, challenge]
    expect(await cause(all, null, {})).toBe('Issuer shop/letsencrypt: spec.acme.solvers[0].dns01.route53.hostedZoneID')
    const pods = deployment(
      'web',
      podSpec({ volumeMounts: [{ name: 'tls', mountPath: '/tls' }] }, { volumes: [{ name: 'tls', secret: { secretName: 'shop-tls' } }] }),
      [waiting('ContainerCreating')],
    )
    const mount = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web.1', namespace: 'shop' },
      involvedObject: { kind: 'Pod', name: 'web-r1-0', namespace: 'shop', uid: 'uid-web-r1-0' },
      type: 'Warning',
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed for volume "tls" : secret "shop-tls" not found',
      count: 9,
      firstTimestamp: ago('19m'),
      lastTimestamp: ago('1m'),
    }
    expect(await cause([...all, ...pods, mount], 'Deployment shop/web', {})).toBe(
      'Issuer shop/letsencrypt: spec.acme.solvers[0].dns01.route53.hostedZoneID',
    )
  })

  const table: [string, KubeObject[], string][] = [
    [
      'cert-manager: an issuer that is not ready explains its certificates',
      [
        custom(
          'cert-manager.io/v1',
          'Certificate',
          'web',
          { secretName: 'web-tls', issuerRef: { kind: 'Issuer', name: 'vault' } },
          { conditions: [no('Ready', 'DoesNotExist', 'Issuing certificate as Secret does not exist')] },
        ),
        custom(
          'cert-manager.io/v1',
          'Issuer',
          'vault',
          { vault: { server: 'https://vault.sec.example:8200', path: 'pki/sign/web', auth: { kubernetes: { role: 'issuer-web' } } } },
          {
            conditions: [
              no(
                'Ready',
                'VaultError',
                'Failed to initialize Vault client: error reading Kubernetes service account token: invalid role name "issuer-web"',
              ),
            ],
          },
        ),
      ],
      'Issuer shop/vault: spec.vault.auth.kubernetes.role',
    ],
    [
      'External Secrets: a key that is not there',
      [
        custom(
          'external-secrets.io/v1',
          'ExternalSecret',
          'db',
          {
            secretStoreRef: { name: 'aws', kind: 'SecretStore' },
            target: { name: 'db' },
            data: [{ secretKey: 'password', remoteRef: { key: 'prod/shop/database' } }],
          },
          {
            conditions: [
              no('Ready', 'SecretSyncedError', 'error processing spec.data[0] (key: prod/shop/database), err: Secret does not exist'),
            ],
          },
        ),
        custom(
          'external-secrets.io/v1',
          'SecretStore',
          'aws',
          { provider: { aws: { region: 'eu-west-1' } } },
          { conditions: [yes('Ready', 'Valid', 'store validated')] },
        ),
      ],
      'ExternalSecret shop/db: spec.data[0].remoteRef.key',
    ],
    [
      'Argo CD: a revision that is not there',
      [
        custom(
          'argoproj.io/v1alpha1',
          'Application',
          'shop',
          { source: { repoURL: 'https://git.example.com/shop.git', targetRevision: 'release-9', path: 'deploy' } },
          {
            sync: { status: 'Unknown' },
            health: { status: 'Healthy' },
            conditions: [
              {
                type: 'ComparisonError',
                message:
                  "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = unable to resolve 'release-9' to a commit SHA",
                lastTransitionTime: ago('30m'),
              },
            ],
          },
        ),
      ],
      'Application shop/shop: spec.source.targetRevision',
    ],
    [
      'Flux: a Kustomization whose source does not answer',
      [
        custom(
          'kustomize.toolkit.fluxcd.io/v1',
          'Kustomization',
          'apps',
          { path: './apps', sourceRef: { kind: 'GitRepository', name: 'fleet' } },
          { conditions: [no('Ready', 'ArtifactFailed', 'Source artifact not found, retrying in 30s')] },
        ),
        custom(
          'source.toolkit.fluxcd.io/v1',
          'GitRepository',
          'fleet',
          { url: 'ssh://git@git.corp.example/fleet', ref: { branch: 'main' } },
          {
            conditions: [
              no(
                'Ready',
                'GitOperationFailed',
                "failed to checkout and determine revision: unable to clone 'ssh://git@git.corp.example/fleet': ssh: handshake failed: knownhosts: key mismatch",
              ),
              no('ArtifactInStorage', 'x', ''),
            ],
          },
        ),
      ],
      'GitRepository shop/fleet: spec.url',
    ],
    [
      'Flux: a HelmRelease with a value that the chart does not take',
      [
        custom(
          'helm.toolkit.fluxcd.io/v2',
          'HelmRelease',
          'redis',
          { chart: { spec: { chart: 'redis', version: '21.x' } }, values: { architecture: 'clustered' } },
          {
            conditions: [
              no(
                'Ready',
                'UpgradeFailed',
                'Helm upgrade failed for release shop/redis with chart redis@21.2.0: values don\'t meet the specifications of the schema(s): architecture: must be one of the following: "standalone", "replication"; got "clustered"',
              ),
            ],
          },
        ),
      ],
      'HelmRelease shop/redis: spec.values.architecture',
    ],
    [
      'Strimzi: storage that may not shrink',
      [
        custom(
          'kafka.strimzi.io/v1beta2',
          'Kafka',
          'events',
          { kafka: { listeners: [{ name: 'plain', port: 9092 }], config: { 'log.message.format.version': '2.1-x' } } },
          {
            conditions: [
              {
                type: 'NotReady',
                status: 'True',
                reason: 'InvalidConfigurationException',
                message: 'Unsupported value "2.1-x" for log.message.format.version',
                lastTransitionTime: ago('20m'),
              },
            ],
          },
        ),
      ],
      'Kafka shop/events: spec.kafka.config[log.message.format.version]',
    ],
    [
      'KEDA: a trigger that cannot be asked',
      [
        custom(
          'keda.sh/v1alpha1',
          'ScaledObject',
          'worker',
          {
            scaleTargetRef: { name: 'worker' },
            triggers: [{ type: 'rabbitmq', metadata: { queueName: 'orders.in', hostFromEnv: 'RABBIT' } }],
          },
          {
            conditions: [
              no(
                'Ready',
                'ScaledObjectCheckFailed',
                "ScaledObject doesn't have correct triggers specification: error inspecting rabbitMQ: no queue 'orders.in' in vhost '/'",
              ),
              no('Active', 'ScalerNotActive', 'Scaling is not performed because triggers are not active'),
            ],
          },
        ),
      ],
      'ScaledObject shop/worker: spec.triggers[0].metadata.queueName',
    ],
    [
      'Crossplane: a managed resource that the cloud refuses',
      [
        custom(
          'rds.aws.upbound.io/v1beta1',
          'Instance',
          'orders',
          { forProvider: { instanceClass: 'db.t1.micro', region: 'eu-central-1' }, providerConfigRef: { name: 'default' } },
          {
            conditions: [
              no(
                'Synced',
                'ReconcileError',
                'create failed: async create failed: InvalidParameterCombination: RDS does not support creating a DB instance with DBInstanceClass=db.t1.micro',
              ),
              no('Ready', 'Creating', ''),
            ],
          },
        ),
      ],
      'Instance shop/orders: spec.forProvider.instanceClass',
    ],
    [
      'CloudNativePG: a backup bucket that does not exist',
      [
        custom(
          'postgresql.cnpg.io/v1',
          'Cluster',
          'ledger',
          { instances: 3, backup: { barmanObjectStore: { destinationPath: 's3://ledger-wal-prd/' } } },
          {
            phase: 'Cluster in healthy state',
            conditions: [
              no(
                'ContinuousArchiving',
                'ContinuousArchivingFailing',
                'unexpected failure invoking barman-cloud-wal-archive: exit status 2: bucket ledger-wal-prd does not exist',
              ),
              yes('Ready', 'ClusterIsReady', 'Cluster is Ready'),
            ],
          },
        ),
      ],
      'Cluster shop/ledger: spec.backup.barmanObjectStore.destinationPath',
    ],
    [
      'Sealed Secrets: sealed for another cluster',
      [
        custom(
          'bitnami.com/v1alpha1',
          'SealedSecret',
          'smtp',
          { encryptedData: { password: 'AgB' } },
          { conditions: [no('Synced', '', 'no key could decrypt secret (password)')] },
        ),
      ],
      'SealedSecret shop/smtp: spec.encryptedData.password',
    ],
    [
      'Karpenter: a node class whose subnets do not exist',
      [
        custom(
          'karpenter.k8s.aws/v1',
          'EC2NodeClass',
          'general',
          { role: 'KarpenterNode', subnetSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'prod-eu' } }] },
          {
            conditions: [
              no('SubnetsReady', 'SubnetsNotFound', 'SubnetSelector did not match any Subnets'),
              no('Ready', 'SubnetsReady=False', 'SubnetsReady=False'),
            ],
          },
        ),
      ],
      'EC2NodeClass shop/general: spec.subnetSelectorTerms',
    ],
    [
      'Velero: a storage location that cannot be read',
      [
        custom(
          'velero.io/v1',
          'BackupStorageLocation',
          'default',
          { provider: 'aws', objectStorage: { bucket: 'velero-eu-prd' } },
          {
            phase: 'Unavailable',
            message: 'rpc error: code = Unknown desc = operation error S3: ListObjectsV2, api error NoSuchBucket: bucket velero-eu-prd',
          },
        ),
      ],
      'BackupStorageLocation shop/default: spec.objectStorage.bucket',
    ],
  ]
  test.each(table)('%s', async (_, objects, expected) => expect(await cause(objects, null, {})).toBe(expected))
})

describe('what an operator made, it makes again', () => {
  test('the image of a Deployment that a custom resource owns is corrected in the custom resource', async () => {
    const console = custom(
      'acme.dev/v1',
      'Console',
      'ops',
      { version: { image: 'registry.example/console:9.9' } },
      { conditions: [yes('Ready', 'Ok', '')] },
    )
    const pods = deployment('ops', podSpec({ image: 'registry.example/console:9.9' }), [
      waiting('ImagePullBackOff', 'Back-off pulling image "registry.example/console:9.9": ErrImagePull: not found'),
    ])
    expect(await cause(pods, 'Deployment shop/ops', {})).toBe('Deployment shop/ops: spec.template.spec.containers[name=app].image')
    pods[0]!.metadata.ownerReferences = ownedBy(console)['ownerReferences']
    expect(await cause([console, ...pods], 'Deployment shop/ops', {})).toBe('Console shop/ops: spec.version.image')
  })

  test('an event says more than the condition', async () => {
    const secret = custom(
      'external-secrets.io/v1',
      'ExternalSecret',
      'db',
      { data: [{ remoteRef: { key: 'stage/shop/db' } }] },
      { conditions: [no('Ready', 'SecretSyncedError', 'could not get secret data from provider')] },
    )
    expect(await cause([secret], null, {})).toBe('ExternalSecret shop/db: -')
    const said = event(secret, 'UpdateFailed', 'error processing spec.data[0] (key: stage/shop/db), err: Secret does not exist')
    expect(await cause([secret, said], null, {})).toBe('ExternalSecret shop/db: spec.data[0].remoteRef.key')
  })

  test('a part that failed long ago says nothing of a resource that is well now', async () => {
    const certificate = custom(
      'cert-manager.io/v1',
      'Certificate',
      'web',
      { secretName: 'web' },
      { conditions: [yes('Ready', 'Ready', 'up to date')] },
    )
    const old = custom(
      'cert-manager.io/v1',
      'CertificateRequest',
      'web-1',
      {},
      { failureTime: ago('9d'), conditions: [no('Ready', 'Failed', 'order failed: rate limited', '9d')] },
      ownedBy(certificate),
    )
    expect(await cause([certificate, old, ...deployment('web', podSpec(), [running])], null, {})).toBe('healthy')
  })
})

describe('what only repeats another trouble', () => {
  test('a database whose pod cannot be placed is not well because of the pod', async () => {
    const cluster = custom(
      'postgresql.cnpg.io/v1',
      'Cluster',
      'ledger',
      { instances: 1 },
      { phase: 'Waiting for the instances to become active', conditions: [no('Ready', 'ClusterIsNotReady', 'Cluster Is Not Ready')] },
    )
    const pods = deployment('ledger', podSpec({ image: 'registry.example/pg:nope' }), [
      waiting('ImagePullBackOff', 'Back-off pulling image "registry.example/pg:nope": ErrImagePull: not found'),
    ])
    pods[0]!.metadata.ownerReferences = ownedBy(cluster)['ownerReferences']
    expect(await cause([cluster, ...pods], null, {})).toBe('Deployment shop/ledger: spec.template.spec.containers[name=app].image')
  })

  test.each([
    [
      'a scaler without work',
      custom(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'w',
        {},
        { conditions: [yes('Ready', 'ScaledObjectReady', ''), no('Active', 'ScalerNotActive', 'idle')] },
      ),
    ],
    [
      'something that has just been begun',
      custom('acme.dev/v1', 'Widget', 'w', {}, { conditions: [no('Ready', 'Progressing', 'creating', '1m')] }),
    ],
    [
      'something that is suspended',
      custom('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'w', { suspend: true }, { conditions: [no('Ready', 'Failed', 'old')] }),
    ],
    [
      'a Job-like resource that has succeeded',
      custom('tekton.dev/v1', 'PipelineRun', 'w', {}, { conditions: [yes('Succeeded', 'Succeeded', 'Tasks Completed: 3')] }),
    ],
    [
      'a resource out of sync, which is for people to decide',
      custom('argoproj.io/v1alpha1', 'Application', 'w', {}, { sync: { status: 'OutOfSync' }, health: { status: 'Healthy' } }),
    ],
  ])('%s is well', async (_, one) => {
    const found = await run(
      [one, ...deployment('web', podSpec(), [running]), configMap('c', {}), service('web', { app: 'web' })],
      'Deployment shop/web',
      {},
    )
    expect(found.rootCause).toBeNull()
    expect(found.problems).toEqual([])
  })
})

test('custom resources that may not be read are told of, as long as nothing else is proven', async () => {
  const widget = custom('acme.dev/v1', 'Widget', 'w', {}, {})
  const found = await run([widget, ...deployment('web', podSpec(), [running])], 'Deployment shop/web', {}, ['Widget'])
  expect(found.incomplete).toEqual(['custom resources may not be read: widgets.acme.dev'])
  expect((await run([widget, ...deployment('web', podSpec(), [running])], 'Deployment shop/web', {})).incomplete).toEqual([])
})

test('what the API server itself brings, and what Inquest says of itself, is not missed', async () => {
  const policy = custom('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy', 'p', {}, {})
  const before = custom(
    'inquest.dev/v1alpha1',
    'Investigation',
    'before',
    {},
    { conditions: [no('Succeeded', 'StepFailed', 'the cluster was away')] },
  )
  const objects = [policy, before, ...deployment('web', podSpec(), [running])]
  expect(await run(objects, 'Deployment shop/web', {}, ['MutatingAdmissionPolicy'])).toMatchObject({ incomplete: [], problems: [] })
})
