import { kubePrometheus } from '../../control-plane/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

const evicted = (container: string, used: string, request: string) =>
  `The node was low on resource: memory. Threshold quantity: 100Mi, available: 61204Ki. Container ${container} was using ${used}, request is ${request}, has larger consumption of memory. `

export const scenario: Scenario = {
  title: 'a telemetry agent without a limit may keep 13.5 GiB; the node evicts the seat map, which only this node may run',
  now: '2026-08-14T16:08:20Z',
  nodes: DEFAULT_NODES.map((node) =>
    node.name === 'worker-2' ? { ...node, labels: { 'node.example.com/disk': 'nvme' }, faults: [{ since: '-34m', pressure: 'MemoryPressure' as const }] } : node,
  ),
  steps: [
    { at: '-75d', apply: ['10-observability.yaml'] },
    { at: '-40d', apply: ['20-airline.yaml'] },
    { at: '-2h51m', manager: 'kubectl-edit', apply: ['30-agent-config.yaml'] },
    {
      at: '-2h50m',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          namespace: 'observability',
          name: 'otel-agent',
          patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-08-14T13:18:20Z' } } } } },
        },
      ],
    },
    { at: '-34m' },
    { at: '-33m30s', wait: 3000 },
  ],
  behaviours: [
    {
      pods: { namespace: 'airline', labels: { app: 'seatmap' }, where: (pod) => pod.spec.nodeName === 'worker-2' },
      since: '-33m20s',
      evicted: { message: evicted('seatmap', '402516Ki', '256Mi') },
    },
    {
      pods: { namespace: 'observability', where: (pod) => pod.spec.nodeName === 'worker-2' },
      since: '-1h40m',
      logs: [
        { after: 5, every: 20, text: '{"level":"info","ts":"{time}","caller":"memorylimiter@v0.135.0/memorylimiter.go:203","msg":"Memory usage is above soft limit. Forcing a GC.","otelcol.component.id":"memory_limiter","otelcol.component.kind":"processor","cur_mem_mib":133{ms}}' },
        { after: 6, every: 20, text: '{"level":"info","ts":"{time}","caller":"memorylimiter@v0.135.0/memorylimiter.go:173","msg":"Memory usage after GC.","otelcol.component.id":"memory_limiter","otelcol.component.kind":"processor","cur_mem_mib":131{ms}}' },
      ],
    },
    {
      pods: { namespace: 'observability' },
      logs: [{ after: 2, text: '{"level":"info","ts":"{time}","caller":"memorylimiter@v0.135.0/memorylimiter.go:70","msg":"Memory limiter configured","limit_mib":13824,"spike_limit_mib":1024,"check_interval":1}\n{"level":"info","ts":"{time}","caller":"service@v0.135.0/service.go:247","msg":"Everything is ready. Begin running and processing data."}' }],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'airline', deployment: 'seatmap', startsAt: '-17m' }),
}
