import { describe, expect, it } from 'vitest'
import {
  ago,
  cause,
  configMap,
  crashing,
  deployment,
  edited,
  ended,
  job,
  node,
  object,
  pod,
  podSpec,
  ref,
  run,
  running,
  service,
  unready,
} from '../../fixtures.ts'

const web = (labels = { app: 'web' }, app: object = { ports: [{ name: 'http', containerPort: 8080 }] }) =>
  deployment('web', podSpec(app), [running], { labels })
const ingress = (name: string, port: object, rest = {}) =>
  object('networking.k8s.io/v1', 'Ingress', 'edge', {
    spec: {
      rules: [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port } } }] } }],
      ...rest,
    },
  })

describe('the way of a request', () => {
  const cases: [string, any[], string | null, string][] = [
    ['a selector with a slip', [web(), service('web', { app: 'wbe' })], 'Service shop/web', 'Service shop/web: spec.selector.app'],
    [
      'a selector with a label too many',
      [web(), service('web', { app: 'web', tier: 'front' })],
      'Service shop/web',
      'Service shop/web: spec.selector.tier',
    ],
    ['a selector that was taken away', [web(), service('web', null)], 'Service shop/web', 'Service shop/web: spec.selector'],
    [
      'labels that a roll-out changed',
      [
        deployment('web', podSpec(), [running], {
          labels: { app: 'web', version: 'v2' },
          before: podSpec({ image: 'old' }),
          beforeLabels: { app: 'web', version: 'v1' },
        }),
        service('web', { app: 'web', version: 'v1' }),
      ],
      'Service shop/web',
      'Deployment shop/web: spec.template.metadata.labels.version',
    ],
    [
      'a port name that no container has',
      [web(), service('web', { app: 'web' }, [{ port: 80, targetPort: 'web' }])],
      'Service shop/web',
      'Service shop/web: spec.ports[port=80].targetPort',
    ],
    [
      'a port number that nothing listens on',
      [web(), service('web', { app: 'web' }, [{ port: 80, targetPort: 9090 }])],
      'Service shop/web',
      'Service shop/web: spec.ports[port=80].targetPort',
    ],
    [
      'pods that are not ready',
      [deployment('web', podSpec({ args: ['--x'] }), [crashing(1, 'unknown flag: --x')]), service('web', { app: 'web' })],
      'Service shop/web',
      'Deployment shop/web: spec.template.spec.containers[name=app].args[0]',
    ],
    [
      'an Ingress to a Service that does not exist',
      [web(), service('web', { app: 'web' }), ingress('wbe', { number: 80 })],
      'Ingress shop/edge',
      'Ingress shop/edge: spec.rules[0].http.paths[0].backend.service.name',
    ],
    [
      'an Ingress to a port that does not exist',
      [web(), service('web', { app: 'web' }), ingress('web', { number: 8080 })],
      'Ingress shop/edge',
      'Ingress shop/edge: spec.rules[0].http.paths[0].backend.service.port.number',
    ],
    [
      'an Ingress of a class that does not exist',
      [web(), service('web', { app: 'web' }), ingress('web', { number: 80 }, { ingressClassName: 'ngnix' })],
      'Ingress shop/edge',
      'Ingress shop/edge: spec.ingressClassName',
    ],
    [
      'an Ingress before a Service that selects nothing',
      [web(), service('web', { app: 'wbe' }), ingress('web', { number: 80 })],
      'Ingress shop/edge',
      'Service shop/web: spec.selector.app',
    ],
    ['all well', [web(), service('web', { app: 'web' }), ingress('web', { number: 80 })], 'Ingress shop/edge', 'healthy'],
  ]
  it.each(cases)('%s', async (_, objects, target, expected) => {
    expect(await cause(objects, target, {})).toBe(expected)
  })

  it('a NetworkPolicy that shuts the caller out', async () => {
    const caller = deployment('shop', podSpec({ env: [{ name: 'WEB', value: 'http://web:80' }] }), [
      { ...unready, log: 'Get "http://web:80/": dial tcp 10.96.0.9:80: i/o timeout' },
    ])
    const policy = object('networking.k8s.io/v1', 'NetworkPolicy', 'web-only-admin', {
      spec: {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'admin' } } }] }],
      },
    })
    expect(await cause([caller, web(), service('web', { app: 'web' }), policy], 'Deployment shop/shop')).toBe(
      'NetworkPolicy shop/web-only-admin: spec.ingress',
    )
  })
})

describe('scaling, jobs, nodes, endings', () => {
  const hpa = (status: object, spec: object = {}) =>
    object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5, ...spec },
      status,
    })
  const active = (reason: string, message: string) => ({
    conditions: [{ type: 'ScalingActive', status: 'False', reason, message, lastTransitionTime: ago('1h') }],
  })
  const down = node('n1', {
    conditions: [
      {
        type: 'Ready',
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: ago('30m'),
      },
    ],
  })
  const evictedPod = (message: string, at: string) =>
    pod(
      'web-x',
      podSpec({ resources: { requests: { memory: '64Mi' } } }),
      {
        phase: 'Failed',
        status: {
          reason: 'Evicted',
          message,
          containerStatuses: [{ name: 'app', state: { terminated: ended(137, 'Error', { finishedAt: at }) } }],
        },
      },
      {
        labels: { app: 'web' },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-r1', uid: 'uid-ReplicaSet-web-r1', controller: true }],
      },
    )

  const cases: [string, any[], string | null, string][] = [
    [
      'an autoscaler of a container without a request',
      [
        web(),
        hpa(
          active(
            'FailedGetResourceMetric',
            'the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container app of Pod web-x',
          ),
        ),
      ],
      'HorizontalPodAutoscaler shop/web',
      'Deployment shop/web: spec.template.spec.containers[name=app].resources.requests.cpu',
    ],
    [
      'an autoscaler of something that is not there',
      [
        web(),
        hpa(
          { conditions: [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message: 'deployments.apps "wbe" not found' }] },
          { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wbe' } },
        ),
      ],
      'HorizontalPodAutoscaler shop/web',
      'HorizontalPodAutoscaler shop/web: spec.scaleTargetRef.name',
    ],
    [
      'an autoscaler at its end, when it is alerted on',
      [
        web(),
        hpa({
          currentReplicas: 5,
          conditions: [
            {
              type: 'ScalingLimited',
              status: 'True',
              reason: 'TooManyReplicas',
              message: 'the desired replica count is more than the maximum replica count',
            },
          ],
        }),
      ],
      'HorizontalPodAutoscaler shop/web',
      'HorizontalPodAutoscaler shop/web: spec.maxReplicas',
    ],
    [
      'a node that is silent',
      [deployment('web', podSpec(), [{ ...unready, since: ago('29m') }]), down],
      'Deployment shop/web',
      'Node n1: -',
    ],
    [
      'a job that ran out of time',
      [
        job('load', podSpec(), [], {
          spec: { activeDeadlineSeconds: 60 },
          status: {
            conditions: [
              {
                type: 'Failed',
                status: 'True',
                reason: 'DeadlineExceeded',
                message: 'Job was active longer than specified deadline',
                lastTransitionTime: ago('5m'),
              },
            ],
          },
        }),
      ],
      'Job shop/load',
      'Job shop/load: spec.activeDeadlineSeconds',
    ],
    [
      'pods that used too much of an emptyDir',
      [deployment('web', podSpec(), [unready]), evictedPod('Usage of EmptyDir volume "cache" exceeds the limit "100Mi". ', ago('5m'))],
      'Deployment shop/web',
      'Deployment shop/web: spec.template.spec.volumes[name=cache].emptyDir.sizeLimit',
    ],
    [
      'an eviction that is long over',
      [web(), evictedPod('The node was low on resource: memory. ', ago('9h')), node('n1')],
      null,
      'healthy',
    ],
    [
      'an object that a finalizer holds',
      [web(), configMap('old', {}, { deletionTimestamp: ago('1h'), finalizers: ['example.dev/cleanup'] })],
      null,
      'ConfigMap shop/old: metadata.finalizers',
    ],
    [
      'a roll-out that was paused, when it is alerted on',
      [
        deployment('web', podSpec({ image: 'new' }), [], {
          before: podSpec(),
          replicas: 1,
          oldPods: [running],
          spec: { paused: true },
          status: { replicas: 1, readyReplicas: 1, updatedReplicas: 0, conditions: [] },
        }),
      ],
      'Deployment shop/web',
      'Deployment shop/web: spec.paused',
    ],
  ]
  it.each(cases)('%s', async (_, objects, target, expected) => {
    expect(await cause(objects, target, target ? {} : null)).toBe(expected)
  })

  it('a CronJob whose last run went well is well', async () => {
    const cron = object('batch/v1', 'CronJob', 'load', { spec: { schedule: '* * * * *' } })
    const runs = (name: string, at: string, type: string) =>
      object('batch/v1', 'Job', name, {
        metadata: {
          creationTimestamp: at,
          ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'load', uid: 'uid-CronJob-load', controller: true }],
        },
        status: { conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded' }] },
      })
    expect(await cause([cron, runs('load-1', ago('2h'), 'Failed'), runs('load-2', ago('1h'), 'Complete')])).toBe('healthy')
    expect(await cause([cron, runs('load-1', ago('2h'), 'Complete'), runs('load-2', ago('1h'), 'Failed')])).toBe(
      'CronJob shop/load: spec.jobTemplate.spec.backoffLimit',
    )
  })
})

describe('what was asked', () => {
  it('a pod that is gone stands for its workload', async () => {
    const objects = deployment('web', podSpec({ args: ['--x'] }), [crashing(1, 'unknown flag: --x')])
    expect(await cause(objects, 'Pod shop/web-5d9f-abcde', {})).toContain('args[0]')
  })

  it('a mistyped target is the caller’s mistake, with what there is', async () => {
    await expect(run(web().flat(), 'Deployment shop/wbe')).rejects.toMatchObject({
      name: 'InputError',
      remedy: expect.stringContaining('web'),
    })
  })

  it('trouble elsewhere is told and not blamed', async () => {
    const found = await run(
      [web(), deployment('other', podSpec({ args: ['--x'] }), [crashing(1, 'unknown flag: --x')])],
      'Deployment shop/web',
    )
    expect(found.rootCause).toBeNull()
    expect(found.healthy).toBe(false)
    expect(found.problems.map((p) => p.object.name)).toEqual(['other'])
  })

  it('secrets do not leave', async () => {
    const found = await run([
      deployment('web', podSpec({ args: ['--password=hunter2hunter2'] }), [crashing(1, 'Error: unknown flag: --password=hunter2hunter2')]),
    ])
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  it('an edit by hand is told with its time', async () => {
    const fields = { 'f:spec': { 'f:selector': { 'f:app': {} } } }
    const found = await run(
      [web(), { ...service('web', { app: 'wbe' }), metadata: { ...service('web', {}).metadata, ...edited(fields) } }],
      'Service shop/web',
    )
    expect(found.rootCause!.summary).toContain(`was written by kubectl-edit at ${ago('25m')}`)
    expect(found.target).toMatchObject({ kind: ref('Service shop/web').kind, name: 'web' })
  })

  it('a kind that may not be read is told, and nothing follows from its absence', async () => {
    const app = podSpec({ env: [{ name: 'API', value: 'http://api' }] })
    const found = await run([deployment('web', app, [crashing(1, 'dial tcp: lookup api on 10.96.0.10:53: no such host')])], null, null, [
      'Service',
    ])
    expect(found.incomplete).toEqual(['services: may not list services'])
    expect(found.rootCause!.summary).not.toContain('there is no Service')
  })

  it('a cluster whose pods may not be read is not called healthy', async () => {
    expect(await run(web(), null, null, ['Pod'])).toMatchObject({
      healthy: false,
      rootCause: null,
      incomplete: ['pods: may not list pods'],
    })
  })
})
