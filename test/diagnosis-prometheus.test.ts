import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPrometheus, type Prometheus } from '#cluster'
import { createHttpClient } from '#kit/http'
import { ago, deployment, node, NOW, object, podSpec, run, running } from '../src/diagnosis/fixtures.ts'
import type { RunningProgram } from './program.ts'
import { prometheusPaths, runPrometheus } from './prometheus-process.ts'

const paths = prometheusPaths()
const MINUTE = 60_000
const now = Date.parse(NOW)

/** A point a minute for seven hours; `value` of the minutes since then. */
const series = (name: string, labels: Record<string, string>, value: (minute: number) => number): string[] =>
  Array.from({ length: 421 }, (_, i) => {
    const at = (now - (420 - i) * MINUTE) / 1_000
    return `${name}{${Object.entries(labels)
      .map(([k, v]) => `${k}="${v}"`)
      .join(',')}} ${value(i)} ${at}`
  })
const GIB = 2 ** 30

/** Two pods, of which one is ill in every way; a full claim; a node that is busy, short of disk and loses packets. */
function past(): string[] {
  const ill = { namespace: 'shop', pod: 'web-r1-0', container: 'app', node: 'n1' }
  const well = { namespace: 'shop', pod: 'api-r1-0', container: 'app', node: 'n1' }
  const machine = { instance: '10.0.0.1:9100' }
  const claim = { namespace: 'shop', persistentvolumeclaim: 'data' }
  const eth = { ...machine, device: 'eth0' }
  const root = { ...machine, mountpoint: '/', fstype: 'ext4' }
  const families: [type: string, name: string, lines: string[]][] = [
    [
      'counter',
      'container_cpu_cfs_throttled_periods',
      [
        ...series('container_cpu_cfs_throttled_periods_total', ill, (i) => i * 400),
        ...series('container_cpu_cfs_throttled_periods_total', well, () => 0),
      ],
    ],
    [
      'counter',
      'container_cpu_cfs_periods',
      [
        ...series('container_cpu_cfs_periods_total', ill, (i) => i * 600),
        ...series('container_cpu_cfs_periods_total', well, (i) => i * 600),
      ],
    ],
    [
      'counter',
      'container_cpu_usage_seconds',
      [
        ...series('container_cpu_usage_seconds_total', ill, (i) => i * 180),
        ...series('container_cpu_usage_seconds_total', well, (i) => i * 6),
      ],
    ],
    [
      'gauge',
      'container_memory_working_set_bytes',
      [
        ...series('container_memory_working_set_bytes', ill, (i) => (i / 420) * 0.95 * GIB),
        ...series('container_memory_working_set_bytes', well, () => 0.1 * GIB),
      ],
    ],
    [
      'gauge',
      'container_spec_memory_limit_bytes',
      [...series('container_spec_memory_limit_bytes', ill, () => GIB), ...series('container_spec_memory_limit_bytes', well, () => GIB)],
    ],
    ['gauge', 'kubelet_volume_stats_available_bytes', series('kubelet_volume_stats_available_bytes', claim, (i) => (421 - i) * 1e6)],
    ['gauge', 'kubelet_volume_stats_capacity_bytes', series('kubelet_volume_stats_capacity_bytes', claim, () => 1e10)],
    ['gauge', 'kubelet_volume_stats_inodes_free', series('kubelet_volume_stats_inodes_free', claim, () => 10)],
    ['gauge', 'kubelet_volume_stats_inodes', series('kubelet_volume_stats_inodes', claim, () => 1e6)],
    ['counter', 'node_cpu_seconds', series('node_cpu_seconds_total', { ...machine, cpu: '0', mode: 'idle' }, (i) => i * 0.6)],
    ['gauge', 'node_uname_info', series('node_uname_info', { ...machine, nodename: 'n1' }, () => 1)],
    ['gauge', 'node_filesystem_avail_bytes', series('node_filesystem_avail_bytes', root, () => 2e9)],
    ['gauge', 'node_filesystem_size_bytes', series('node_filesystem_size_bytes', root, () => 1e11)],
    ...(['receive', 'transmit'] as const).flatMap((way) => [
      ['counter', `node_network_${way}_errs`, series(`node_network_${way}_errs_total`, eth, (i) => i * 60)] as [string, string, string[]],
      ['counter', `node_network_${way}_packets`, series(`node_network_${way}_packets_total`, eth, (i) => i * 1_000)] as [
        string,
        string,
        string[],
      ],
    ]),
  ]
  return families.flatMap(([type, name, lines]) => [`# TYPE ${name} ${type}`, ...lines])
}

describe.runIf(paths)(`the diagnosis at a real Prometheus${paths ? '' : ': NOT RUN, none on PATH or in $PROMETHEUS and $PROMTOOL'}`, () => {
  let server: RunningProgram
  let prometheus: Prometheus
  const http = createHttpClient({ profile: 'configured' })
  beforeAll(async () => {
    server = await runPrometheus(paths!, past())
    prometheus = createPrometheus({ url: server.url, http })
  }, 60_000)
  afterAll(async () => {
    await http.close()
    await server?.stop()
  })

  const app = (name: string) =>
    deployment(name, podSpec({ resources: { limits: { cpu: '4', memory: '1Gi' } } }), [{ ...running, node: 'n1' }])
  const claim = object('v1', 'PersistentVolumeClaim', 'data', {
    spec: { resources: { requests: { storage: '10Gi' } } },
    status: { phase: 'Bound' },
  })
  const look = (target: string | null, alertname: string) =>
    run([app('web'), app('api'), claim, node('n1')], target, target ? { startsAt: ago('10m') } : null, [], { alertname, prometheus })

  test.each<[target: string, alertname: string, rule: string, object: string, summary: RegExp]>([
    ['Deployment shop/web', 'CPUThrottlingHigh', 'cpu-throttled', 'web', /held back at its CPU limit of 4 in 67 %/],
    [
      'PersistentVolumeClaim shop/data',
      'KubePersistentVolumeFillingUp',
      'volume-filling',
      'data',
      /is full: 0 % of its space is free, 0 % of its inodes/,
    ],
    ['Node n1', 'NodeNetworkReceiveErrs', 'node-filesystem-full|network-errors|node-cpu-saturated', 'n1|web', /Node n1/],
  ])('%s, %s', async (target, alertname, rule, name, summary) => {
    const { rootCause, incomplete } = await look(target, alertname)
    expect(incomplete).toEqual([])
    expect(rootCause).toMatchObject({
      rule: expect.stringMatching(rule),
      object: { name: expect.stringMatching(name) },
      summary: expect.stringMatching(summary),
    })
  })

  test('every query finds what is ill, and nothing else', async () => {
    const { findings } = await look('Node n1', 'NodeCPUHighUsage')
    const web = await look('Deployment shop/web', 'HighMemoryUsage')
    const rules = [...findings, ...web.findings].map(({ rule, object: { name } }) => `${rule} ${name}`)
    expect(new Set(rules)).toEqual(
      new Set([
        'cpu-throttled web',
        'memory-near-limit web',
        'volume-filling data',
        'node-cpu-saturated n1',
        'node-filesystem-full n1',
        'network-errors n1',
      ]),
    )
    const memory = web.findings.find(({ rule }) => rule === 'memory-near-limit')!
    expect(memory.summary).toMatch(/uses 95 % of its memory limit \(1Gi\) and by its last hour will be there within four/)
    expect(findings.find(({ rule }) => rule === 'node-cpu-saturated')!.summary).toMatch(
      /99 % busy; most of it is pod shop\/web-r1-0 with 3 cores/,
    )
  })

  test('a healthy workload stays healthy', async () => {
    expect(await look('Deployment shop/api', 'CPUThrottlingHigh')).toMatchObject({ rootCause: null })
  })
})
