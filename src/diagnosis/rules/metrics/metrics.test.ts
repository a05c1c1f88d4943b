import { describe, expect, test } from 'vitest'
import type { Prometheus } from '#cluster'
import { ago, deployment, node, NOW, object, podSpec, run, running, unready, type PodState } from '../../fixtures.ts'

type Answered = Readonly<Record<string, readonly [labels: Record<string, string>, value: number][]>>

/** Answers a query by the first key that it contains; with nothing when there is none. */
const prometheus = (answers: Answered): Prometheus & { asked: string[] } => {
  const asked: string[] = []
  return {
    asked,
    ask: async (query) => {
      asked.push(query)
      const key = Object.keys(answers).find((part) => query.includes(part))
      const series = (key ? answers[key]! : []).map(([labels, value]) => ({
        labels,
        points: [[Date.parse(NOW), value] as const],
        histogram: false,
      }))
      return { series, text: null, warnings: [] }
    },
  }
}

const app = (state: PodState) =>
  deployment('web', podSpec({ resources: { limits: { cpu: '500m', memory: '512Mi' } } }), [{ ...state, node: 'n1' }])
const of = { namespace: 'shop', pod: 'web-r1-0', container: 'app' }
const alerted = { startsAt: ago('15m') }
const found = async (
  state: PodState,
  answers: Answered,
  target: string | null,
  alertname: string,
  alert: typeof alerted | null = alerted,
) => {
  const claim = object('v1', 'PersistentVolumeClaim', 'data', {
    spec: { resources: { requests: { storage: '10Gi' } } },
    status: { phase: 'Bound' },
  })
  const { rootCause, healthy } = await run([app(state), claim, node('n1')], target, alert, [], {
    alertname,
    prometheus: prometheus(answers),
  })
  return healthy || !rootCause ? 'nothing' : `${rootCause.rule}: ${rootCause.object.kind} ${rootCause.object.name}: ${rootCause.field}`
}

const THROTTLED = { cfs_throttled: [[of, 0.61]] } satisfies Answered
const GROWING = { 'predict_linear(container_memory': [[of, 1.4]] } satisfies Answered
const FULL = { kubelet_volume_stats_available_bytes: [[{ namespace: 'shop', persistentvolumeclaim: 'data' }, 0.01]] } satisfies Answered
const NODE = { nodename: 'n1', instance: '10.0.0.1:9100' }

describe('what only metrics show', () => {
  test.each<[says: string, state: PodState, answers: Answered, target: string | null, alertname: string, expected: string]>([
    [
      'throttled, and alerted on',
      running,
      THROTTLED,
      'Deployment shop/web',
      'CPUThrottlingHigh',
      'cpu-throttled: Deployment web: spec.template.spec.containers[name=app].resources.limits.cpu',
    ],
    [
      'throttled, and not ready because of it',
      unready,
      THROTTLED,
      'Deployment shop/web',
      'KubePodNotReady',
      'cpu-throttled: Deployment web: spec.template.spec.containers[name=app].resources.limits.cpu',
    ],
    [
      'growing towards its limit, and alerted on',
      running,
      GROWING,
      'Deployment shop/web',
      'HighMemoryUsage',
      'memory-near-limit: Deployment web: spec.template.spec.containers[name=app].resources.limits.memory',
    ],
    [
      'a full volume',
      running,
      FULL,
      'PersistentVolumeClaim shop/data',
      'KubePersistentVolumeFillingUp',
      'volume-filling: PersistentVolumeClaim data: spec.resources.requests.storage',
    ],
    [
      'a busy node, and who keeps it busy',
      running,
      {
        'mode="idle"': [[NODE, 0.99]],
        'topk by (node)': [
          [{ node: 'n1', namespace: 'shop', pod: 'web-r1-0' }, 3.1],
          [{ node: 'n1', namespace: 'x', pod: 'y' }, 0.2],
        ],
      },
      'Node n1',
      'NodeCPUHighUsage',
      'node-cpu-saturated: Deployment web: null',
    ],
    [
      'a busy node that many keep busy',
      running,
      { 'mode="idle"': [[NODE, 0.99]] },
      'Node n1',
      'NodeCPUHighUsage',
      'node-cpu-saturated: Node n1: null',
    ],
    [
      'a full disk of a node',
      running,
      { node_filesystem: [[{ ...NODE, mountpoint: '/var' }, 0.02]] },
      'Node n1',
      'NodeFilesystemAlmostOutOfSpace',
      'node-filesystem-full: Node n1: null',
    ],
    [
      'a bad interface',
      running,
      { errs_total: [[{ ...NODE, device: 'eth0' }, 0.07]] },
      'Node n1',
      'NodeNetworkReceiveErrs',
      'network-errors: Node n1: null',
    ],
  ])('%s', async (_, state, answers, target, alertname, expected) => {
    expect(await found(state, answers, target, alertname)).toBe(expected)
  })

  test.each<[says: string, answers: Answered]>([
    ['a throttled container that is well', THROTTLED],
    ['memory that a cache fills', { container_memory_working_set_bytes: [[of, 0.93]] }],
    ['a busy node', { 'mode="idle"': [[NODE, 0.99]] }],
    ['a series of a pod that is gone', { cfs_throttled: [[{ ...of, pod: 'web-r0-9' }, 0.9]] }],
  ])('%s that nobody is alerted on is no problem', async (_, answers) => {
    expect(await found(running, answers, null, '', null)).toBe('nothing')
  })
})

describe('asked is', () => {
  test('only about the namespaces that are looked at', async () => {
    const asked = prometheus({})
    await run([app(running)], 'Deployment shop/web', null, [], { prometheus: asked })
    expect(asked.asked).toHaveLength(9)
    expect(asked.asked.filter((query) => query.includes('container_')).every((query) => query.includes('namespace=~"shop"'))).toBe(true)
  })

  test('no more once it does not answer, and the result says so', async () => {
    let calls = 0
    const silent: Prometheus = { ask: async () => ({ fault: `timed out (${++calls})` }) }
    const { incomplete } = await run([app(running)], 'Deployment shop/web', alerted, [], { alertname: 'X', prometheus: silent })
    expect(incomplete).toEqual(['metrics: timed out (1)'])
    expect(calls).toBeLessThanOrEqual(4)
  })

  test.each([
    ['CPUThrottlingHigh', ['metrics: CPUThrottlingHigh speaks of what only metrics show, and no Prometheus was named (--prometheus-url)']],
    ['CheckoutLatencyHigh', [expect.stringContaining('CheckoutLatencyHigh')]],
    ['KubePodCrashLooping', []],
  ])('nobody without a Prometheus: %s', async (alertname, expected) => {
    expect((await run([app(running)], 'Deployment shop/web', alerted, [], { alertname })).incomplete).toEqual(expected)
  })
})
