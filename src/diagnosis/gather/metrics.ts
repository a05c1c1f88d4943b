import type { DiagnosisOptions, DiagnosisRequest } from '../request.ts'
import type { MetricName, Metrics, Sample } from '../snapshot/metrics.ts'
import { mapLimited } from './limit.ts'

const TIMEOUT_MS = 5_000
const CONCURRENCY = 4

/** Where to look: a matcher of these labels, `namespace=~"shop|cart"`, or anything. */
interface Scope {
  namespaces: readonly string[] | null
}

const RE2_SPECIAL = /[.+*?()|[\]{}^$\\]/g
const matcher = ({ namespaces }: Scope, more: string): string =>
  [
    ...(namespaces === null ? [] : [`namespace=~"${namespaces.map((n) => n.replace(RE2_SPECIAL, '\\\\$&')).join('|')}"`]),
    ...(more ? [more] : []),
  ].join(',')

/** Of a container; the pod's own cgroup has none. */
const CONTAINER = 'container!="",container!="POD"'
const NODE_NAME = '* on (instance) group_left (nodename) max by (instance, nodename) (node_uname_info)'
const DISKS = 'fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660",mountpoint!~"/run.*|/boot.*|/snap.*"'

/**
 * The metrics of cadvisor, the kubelet and node_exporter under the names and labels that kube-prometheus gives them. Each query answers with
 * what is conspicuous and nothing else, so that a healthy cluster of any size answers with nothing.
 */
const QUERIES: Readonly<Record<MetricName, (scope: Scope) => string>> = {
  'cpu-throttled': (s) => {
    const share = (metric: string) => `sum by (namespace, pod, container) (increase(${metric}{${matcher(s, CONTAINER)}}[10m]))`
    return `${share('container_cpu_cfs_throttled_periods_total')} / ${share('container_cpu_cfs_periods_total')} > 0.25`
  },
  'memory-near-limit': (s) => `${memoryShare(s)} > 0.9`,
  // By its last hour it will be at its limit within four, and it is more than half way there.
  'memory-growing': (s) =>
    `max by (namespace, pod, container) (predict_linear(container_memory_working_set_bytes{${matcher(s, CONTAINER)}}[1h], 14400)) / max by (namespace, pod, container) (container_spec_memory_limit_bytes{${matcher(s, CONTAINER)}} > 0) > 1 and ${memoryShare(s)} > 0.5`,
  'volume-space': (s) => `${volumeShare(s, 'available_bytes', 'capacity_bytes')} < 0.1`,
  'volume-filling': (s) =>
    `min by (namespace, persistentvolumeclaim) (predict_linear(kubelet_volume_stats_available_bytes{${matcher(s, '')}}[6h], 86400)) < 0 and ${volumeShare(s, 'available_bytes', 'capacity_bytes')} < 0.4`,
  'volume-inodes': (s) => `${volumeShare(s, 'inodes_free', 'inodes')} < 0.05`,
  'node-cpu': () => `(1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[10m]))) ${NODE_NAME} > 0.95`,
  'node-cpu-users': () => `topk by (node) (3, sum by (node, namespace, pod) (rate(container_cpu_usage_seconds_total{${CONTAINER}}[10m])))`,
  'node-filesystem': () =>
    `min by (instance, mountpoint) (node_filesystem_avail_bytes{${DISKS}} / node_filesystem_size_bytes{${DISKS}}) ${NODE_NAME} < 0.08`,
  'network-errors': () =>
    `max by (instance, device) ((rate(node_network_receive_errs_total{device!~"lo|veth.*"}[10m]) + rate(node_network_transmit_errs_total{device!~"lo|veth.*"}[10m])) / (rate(node_network_receive_packets_total{device!~"lo|veth.*"}[10m]) + rate(node_network_transmit_packets_total{device!~"lo|veth.*"}[10m]))) ${NODE_NAME} > 0.01`,
}

function memoryShare(s: Scope): string {
  const max = (metric: string, tail = '') => `max by (namespace, pod, container) (${metric}{${matcher(s, CONTAINER)}}${tail})`
  return `${max('container_memory_working_set_bytes')} / ${max('container_spec_memory_limit_bytes', ' > 0')}`
}

const volumeShare = (s: Scope, part: string, whole: string): string =>
  `min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_${part}{${matcher(s, '')}} / kubelet_volume_stats_${whole}{${matcher(s, '')}})`

/** Who uses a node up is only asked when one is used up. */
const AT_ONCE = (Object.keys(QUERIES) as MetricName[]).filter((name) => name !== 'node-cpu-users')

/** Asks for all that could be conspicuous where the diagnosis looks. `fault` says why nothing, or not all, was learnt. */
export async function readMetrics(
  { prometheus, signal, onProgress }: DiagnosisOptions,
  { now, namespaces }: { now: number } & Scope,
): Promise<{ metrics: Metrics; fault: string | null }> {
  if (!prometheus) return { metrics: null, fault: null }
  onProgress({ phase: 'gather', text: 'asking Prometheus' })
  const metrics = new Map<MetricName, readonly Sample[]>()
  let fault: string | null = null
  const ask = async (name: MetricName): Promise<void> => {
    // One that does not answer is not asked nine times.
    if (fault !== null) return
    const answer = await prometheus.ask(QUERIES[name]({ namespaces }), { kind: 'instant', at: now }, { timeoutMs: TIMEOUT_MS, signal })
    if ('fault' in answer) fault ??= answer.fault
    else
      metrics.set(
        name,
        answer.series.flatMap(({ labels, points }) => (points[0] ? [{ labels, value: points[0][1] }] : [])),
      )
  }
  await mapLimited(AT_ONCE, CONCURRENCY, ask)
  if ((metrics.get('node-cpu') ?? []).length > 0) await ask('node-cpu-users')
  return { metrics, fault }
}

/** Alerts about what no object of the API shows. */
const OF_METRICS =
  /cpu|throttl|memory|latency|slow|duration|saturat|load(?:average)?$|disk|filesystem|fillingup|fillsup|network|packet|bandwidth|error(?:rate|budget|ratio)|burn|throughput|lag|queue/i

/** What could not be seen without metrics; null: nothing that matters. `missing` only counts while the cause is not proven otherwise. */
export function blindness(
  request: DiagnosisRequest,
  metrics: Metrics,
  fault: string | null,
): { text: string; kind: 'missing' | 'refused' } | null {
  if (fault !== null) return { text: `metrics: ${fault}`, kind: 'refused' }
  const name = request.alert?.labels['alertname'] ?? ''
  if (metrics !== null || !OF_METRICS.test(name)) return null
  return { text: `metrics: ${name} speaks of what only metrics show, and no Prometheus was named (--prometheus-url)`, kind: 'missing' }
}
