import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const low = 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 71Mi. '

export const scenario: Scenario = {
  title: 'a workload without request and limit eats the memory of a node; the kubelet evicts it and its neighbour, which is the one alerted on',
  now: '2026-08-05T15:00:00Z',
  nodes: [
    { name: 'worker-1', ip: '10.20.1.11', faults: [{ since: '-31m', pressure: 'MemoryPressure' }] },
    { name: 'worker-2', ip: '10.20.2.12' },
    { name: 'worker-3', ip: '10.20.3.13' },
  ],
  steps: [{ at: '-13d', apply: ['10-ads.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'indexer' } },
      since: '-31m',
      until: '-30m58s',
      evicted: { message: `${low}Container indexer was using 13804Mi, request is 0, has larger consumption of memory. ` },
    },
    {
      pods: { labels: { app: 'bidder' } },
      since: '-30m50s',
      until: '-30m48s',
      evicted: { message: `${low}Container bidder was using 402Mi, request is 256Mi, has larger consumption of memory. ` },
    },
    { pods: { labels: { app: 'indexer' } }, logs: [{ after: 2, every: 60, text: '{time} INFO shard {n}/64 loaded, heap 210MiB' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'search-ads', deployment: 'bidder', startsAt: '-15m' }),
}
