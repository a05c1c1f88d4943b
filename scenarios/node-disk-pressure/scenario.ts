import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'worker-1 is short of disk and evicts; the alert is about a workload that keeps losing its pods',
  now: '2026-09-06T06:06:30Z',
  nodes: DEFAULT_NODES.map((node) =>
    node.name === 'worker-1' ? { ...node, faults: [{ since: '-33m', pressure: 'DiskPressure' as const }] } : node,
  ),
  steps: [{ at: '-30d', apply: ['10-ci.yaml'] }, { at: '-33m' }, { at: '-32m', wait: 3000 }],
  behaviours: [
    {
      pods: { namespace: 'ci', labels: { app: 'cache' }, where: (pod: KubeObject) => pod.spec.nodeName === 'worker-1' },
      since: '-31m',
      evicted: { message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 8387377200, available: 6811Mi. ' },
    },
  ],
  alert: controllerAlerts.nodePressure({ node: 'worker-1', condition: 'DiskPressure', startsAt: '-22m' }),
}
