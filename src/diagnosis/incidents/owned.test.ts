import { describe, expect, it } from 'vitest'
import { ago, cause, crashing, deployment, event, node, object, pod, podSpec, unplaced, waiting } from '../fixtures.ts'

/** What happened, the cluster, what the alert is about and says, and what a person has to change. */
type Case = [string, any[], string, { labels?: any; annotations?: any; startsAt?: string } | null, RegExp | string]

const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })
const custom = (apiVersion: string, kind: string, name: string, spec: any, metadata: any = {}, status?: any) =>
  object(apiVersion, kind, name, { metadata, spec, ...(status ? { status } : {}) })
const S = (name: string, text: string, labels: any = {}) => ({ labels: { alertname: name, ...labels }, annotations: { description: text } })
const rollout = (spec: any, state: any, before: any = null, status: any = {}) => {
  const rs = (n: number, t: any, at: string, ready: number) =>
    object('apps/v1', 'ReplicaSet', `web-r${n}`, {
      metadata: {
        creationTimestamp: at,
        annotations: { 'rollout.argoproj.io/revision': String(n) },
        ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-Rollout-web', controller: true }],
      },
      spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: t } },
      status: { replicas: 1, readyReplicas: ready },
    })
  return [
    object('argoproj.io/v1alpha1', 'Rollout', 'web', {
      spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec } },
      status,
    }),
    ...(before ? [rs(1, before, ago('5d'), 1)] : []),
    rs(2, spec, ago('22m'), state.ready ? 1 : 0),
    pod('web-r2-0', spec, state, {
      labels: { app: 'web' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-r2', uid: 'uid-ReplicaSet-web-r2', controller: true }],
    }),
  ]
}

const owned: Case[] = [
  [
    'rollout image',
    rollout(
      podSpec({ image: 'registry.example/app:2.1' }),
      waiting('ImagePullBackOff', 'Back-off pulling image "registry.example/app:2.1": not found'),
      podSpec({ image: 'registry.example/app:2.0' }),
    ),
    'Pod shop/web-r2-0',
    S('KubePodNotReady', 'x'),
    'Rollout shop/web: spec.template.spec.containers[name=app].image',
  ],
  [
    'rollout arg',
    rollout(podSpec({ args: ['--prot=8080'] }), crashing(2, 'flag provided but not defined: -prot'), podSpec({ args: ['--port=8080'] })),
    'Pod shop/web-r2-0',
    S('KubePodCrashLooping', 'x'),
    /Rollout shop.web: spec.template.spec.containers\[name=app\].args/,
  ],
  [
    'rollout open crash by env',
    rollout(podSpec(env(['MODE', 'turbo'])), crashing(1, 'thread main panicked'), podSpec(env(['MODE', 'eco']))),
    'Pod shop/web-r2-0',
    S('KubePodCrashLooping', 'x'),
    /Rollout shop.web: spec.template.spec.containers\[name=app\].env\[name=MODE\]/,
  ],
  [
    'rollout oom',
    rollout(
      podSpec({ resources: { limits: { memory: '64Mi' } } }),
      crashing(137, '', 'OOMKilled'),
      podSpec({ resources: { limits: { memory: '512Mi' } } }),
    ),
    'Pod shop/web-r2-0',
    S('KubePodCrashLooping', 'x'),
    /Rollout shop.web: spec.template.spec.containers\[name=app\].resources.limits.memory/,
  ],
  [
    'cloneset pod',
    [
      object('apps.kruise.io/v1alpha1', 'CloneSet', 'web', {
        spec: { template: { spec: podSpec({ image: 'registry.example/app:2.1' }) } },
      }),
      pod(
        'web-abc',
        podSpec({ image: 'registry.example/app:2.1' }),
        waiting('ImagePullBackOff', 'Back-off pulling image "registry.example/app:2.1": not found'),
        {
          ownerReferences: [
            { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', name: 'web', uid: 'uid-CloneSet-web', controller: true },
          ],
        },
      ),
    ],
    'Pod shop/web-abc',
    S('KubePodNotReady', 'x'),
    'CloneSet shop/web: spec.template.spec.containers[name=app].image',
  ],
  [
    'operator deployment oom by CR resources',
    [
      custom('acme.io/v1', 'Cache', 'sessions', { resources: { limits: { memory: '64Mi' } } }),
      ...deployment('sessions', podSpec({ resources: { limits: { memory: '64Mi' } } }), [crashing(137, '', 'OOMKilled')]).map((o: any) =>
        o.kind === 'Deployment'
          ? {
              ...o,
              metadata: {
                ...o.metadata,
                ownerReferences: [
                  { apiVersion: 'acme.io/v1', kind: 'Cache', name: 'sessions', uid: 'uid-Cache-sessions', controller: true },
                ],
              },
            }
          : o,
      ),
    ],
    'Deployment shop/sessions',
    S('KubePodCrashLooping', 'x'),
    'Cache shop/sessions: spec.resources.limits.memory',
  ],
  [
    'strimzi pods (StrimziPodSet) storage class',
    [
      custom('kafka.strimzi.io/v1beta2', 'Kafka', 'events', { kafka: { storage: { class: 'fast' } } }),
      custom(
        'core.strimzi.io/v1beta2',
        'StrimziPodSet',
        'events-kafka',
        { pods: [] },
        {
          ownerReferences: [
            { apiVersion: 'kafka.strimzi.io/v1beta2', kind: 'Kafka', name: 'events', uid: 'uid-Kafka-events', controller: true },
          ],
        },
      ),
      pod(
        'events-kafka-0',
        podSpec({}, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data-events-kafka-0' } }] }),
        unplaced('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
        {
          labels: { 'strimzi.io/cluster': 'events' },
          ownerReferences: [
            {
              apiVersion: 'core.strimzi.io/v1beta2',
              kind: 'StrimziPodSet',
              name: 'events-kafka',
              uid: 'uid-StrimziPodSet-events-kafka',
              controller: true,
            },
          ],
        },
      ),
      object('v1', 'PersistentVolumeClaim', 'data-events-kafka-0', {
        metadata: {
          labels: { 'strimzi.io/cluster': 'events' },
          ownerReferences: [
            { apiVersion: 'kafka.strimzi.io/v1beta2', kind: 'Kafka', name: 'events', uid: 'uid-Kafka-events', controller: false },
          ],
        },
        spec: { storageClassName: 'fast', resources: { requests: { storage: '10Gi' } } },
        status: { phase: 'Pending' },
      }),
      event(
        object('v1', 'PersistentVolumeClaim', 'data-events-kafka-0'),
        'ProvisioningFailed',
        'storageclass.storage.k8s.io "fast" not found',
        { type: 'Warning', count: 30 },
      ),
      node('n1'),
    ],
    'Pod shop/events-kafka-0',
    S('KubePodNotReady', 'x'),
    'Kafka shop/events: spec.kafka.storage.class',
  ],
  [
    'helm operator owned: values wrong key, no leaf',
    [
      custom('acme.io/v1', 'Cache', 'sessions', { memory: 'small' }),
      ...deployment('sessions', podSpec({ resources: { limits: { memory: '64Mi' } } }), [crashing(137, '', 'OOMKilled')]).map((o: any) =>
        o.kind === 'Deployment'
          ? {
              ...o,
              metadata: {
                ...o.metadata,
                ownerReferences: [
                  { apiVersion: 'acme.io/v1', kind: 'Cache', name: 'sessions', uid: 'uid-Cache-sessions', controller: true },
                ],
              },
            }
          : o,
      ),
    ],
    'Deployment shop/sessions',
    S('KubePodCrashLooping', 'x'),
    /Deployment shop.sessions: .*limits.memory|Cache shop.sessions: spec.memory/,
  ],
]

describe.each([['what an operator keeps', owned]] as [string, Case[]][])('%s', (_, cases) => {
  it.each(cases)('%s', async (_name, objects, target, alert, expected) => {
    const found = await cause(objects, target, alert)
    expect(found).toSatisfy((text: string) => (typeof expected === 'string' ? text === expected : expected.test(text)))
  })
})
