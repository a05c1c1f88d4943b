import { describe, expect, it } from 'vitest'
import { ago, cause, deployment, event, object, podSpec, running } from '../fixtures.ts'

/** What happened, the cluster, what the alert is about and says, and what a person has to change. */
type Case = [string, any[], string, { labels?: any; annotations?: any; startsAt?: string } | null, RegExp | string]

const T = 'Deployment shop/web'
const custom = (apiVersion: string, kind: string, name: string, spec: any, metadata: any = {}, status?: any) =>
  object(apiVersion, kind, name, { metadata, spec, ...(status ? { status } : {}) })
const cluster = (apiVersion: string, kind: string, name: string, rest: any) => ({
  apiVersion,
  kind,
  ...rest,
  metadata: { name, uid: `uid-${name}`, creationTimestamp: ago('90d'), ...rest.metadata },
})
const S = (name: string, text: string, labels: any = {}) => ({ labels: { alertname: name, ...labels }, annotations: { description: text } })
const ns = (name: string, metadata: any = {}) => cluster('v1', 'Namespace', name, { metadata })
const ok = (t: string, m = '') => ({ type: t, status: 'True', message: m })

const calm: Case[] = [
  [
    'flux reconciling on its way',
    [
      custom(
        'kustomize.toolkit.fluxcd.io/v1',
        'Kustomization',
        'apps',
        {},
        {},
        {
          conditions: [
            {
              type: 'Reconciling',
              status: 'True',
              reason: 'ProgressingWithRetry',
              message: 'Detecting drift for revision main with a timeout of 9m',
              lastTransitionTime: ago('1m'),
            },
            {
              type: 'Ready',
              status: 'Unknown',
              reason: 'Progressing',
              message: 'Reconciliation in progress',
              lastTransitionTime: ago('1m'),
            },
          ],
        },
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('FluxReconciling', 'apps reconciles', { name: 'apps' }),
    'healthy',
  ],
  [
    'cnpg failover done',
    [
      custom(
        'postgresql.cnpg.io/v1',
        'Cluster',
        'orders',
        { instances: 3 },
        {},
        {
          phase: 'Cluster in healthy state',
          currentPrimary: 'orders-2',
          targetPrimary: 'orders-2',
          lastFailedBackup: '2026-02-01T00:00:00Z',
          conditions: [
            ok('Ready', 'Cluster is Ready'),
            { type: 'LastBackupSucceeded', status: 'True', message: 'Backup was successful' },
            ok('ContinuousArchiving'),
          ],
        },
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('PostgresFailover', 'primary of orders changed', { cluster: 'orders' }),
    'healthy',
  ],
  [
    'strimzi cluster with warning condition',
    [
      custom(
        'kafka.strimzi.io/v1beta2',
        'Kafka',
        'events',
        {},
        {},
        {
          conditions: [
            {
              type: 'Warning',
              status: 'True',
              reason: 'DeprecatedFields',
              message: 'In resource Kafka(shop/events) fields are deprecated and cannot be used in the next version',
            },
            ok('Ready'),
          ],
        },
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('KafkaBrokerRestarted', 'a broker of events restarted', { cluster: 'events' }),
    'healthy',
  ],
  [
    'rollout finished, old analysis failed',
    [
      custom(
        'argoproj.io/v1alpha1',
        'Rollout',
        'web',
        {},
        {},
        {
          phase: 'Healthy',
          conditions: [
            ok('Available'),
            ok('Healthy'),
            { type: 'Paused', status: 'False', reason: 'RolloutPaused', message: 'Rollout is paused' },
            { type: 'Completed', status: 'True' },
          ],
        },
      ),
      custom(
        'argoproj.io/v1alpha1',
        'AnalysisRun',
        'web-5',
        {},
        {
          ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-Rollout-web', controller: true }],
          creationTimestamp: ago('3d'),
        },
        { phase: 'Failed', message: 'Metric success-rate assessed Failed' },
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('RolloutAborted', 'an earlier roll-out of web was aborted', { rollout: 'web' }),
    'healthy',
  ],
  [
    'external secret refreshed after outage',
    [
      custom(
        'external-secrets.io/v1',
        'ExternalSecret',
        'db',
        { refreshInterval: '1h' },
        {},
        { conditions: [{ type: 'Ready', status: 'True', reason: 'SecretSynced', message: 'secret synced' }] },
      ),
      event(custom('external-secrets.io/v1', 'ExternalSecret', 'db', {}), 'UpdateFailed', 'error processing spec.data[0]: timeout', {
        type: 'Warning',
        count: 6,
        lastTimestamp: ago('40m'),
      }),
      ns('shop'),
    ],
    'Namespace shop',
    S('ExternalSecretSyncError', 'db could not be synced', { name: 'db' }),
    'healthy',
  ],
  [
    'node pool near limit but alert about sth else',
    [
      cluster('karpenter.sh/v1', 'NodePool', 'general', {
        spec: { limits: { cpu: '100' } },
        status: { resources: { cpu: '95' }, conditions: [ok('Ready')] },
      }),
      deployment('web', podSpec(), [running]),
    ],
    T,
    S('WebLatency', 'p99'),
    'healthy',
  ],
  [
    'certificate Issuing False',
    [
      custom(
        'cert-manager.io/v1',
        'Certificate',
        'web',
        { secretName: 'web' },
        {},
        {
          conditions: [
            { ...ok('Ready', 'Certificate is up to date and has not expired'), lastTransitionTime: ago('59d') },
            {
              type: 'Issuing',
              status: 'False',
              reason: 'Failed',
              message: 'The certificate request has failed to complete and will be retried',
              lastTransitionTime: ago('60d'),
            },
          ],
        },
      ),
      ns('shop'),
    ],
    'Namespace shop',
    S('CertSoon', 'certificate', { name: 'web', exported_namespace: 'shop' }),
    'healthy',
  ],
]

describe.each([['operators that are at work', calm]] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
