import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a node runs out of process ids; pods on it fail to fork',
  now: '2026-10-04T19:19:50Z',
  nodes: DEFAULT_NODES.map((node) =>
    node.name === 'worker-2' ? { ...node, faults: [{ since: '-41m', pressure: 'PIDPressure' as const }] } : node,
  ),
  steps: [{ at: '-30d', apply: ['10-web.yaml'] }, { at: '-41m' }, { at: '-40m', wait: 3000 }],
  behaviours: [
    {
      pods: { namespace: 'forum', labels: { app: 'php' }, where: (pod: KubeObject) => pod.spec.nodeName === 'worker-2' },
      since: '-40m',
      logs: [
        { after: 5, every: 30, text: '[04-Oct-2026 18:40:02] WARNING: [pool www] fork() failed: Resource temporarily unavailable (11)' },
      ],
    },
  ],
  alert: controllerAlerts.nodePressure({ node: 'worker-2', condition: 'PIDPressure', startsAt: '-30m' }),
}
