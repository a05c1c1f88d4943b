import { kubePrometheus } from '../../control-plane/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a node was not ready for ten minutes two hours ago and is well again',
  now: '2026-10-05T05:05:05Z',
  nodes: DEFAULT_NODES.map((node) =>
    node.name === 'worker-2'
      ? {
          ...node,
          faults: [
            { since: '-2h10m', until: '-2h', notReady: 'PLEG is not healthy: pleg was last seen active 3m5.1s ago; threshold is 3m0s' },
          ],
        }
      : node,
  ),
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-22d', apply: ['10-bus.yaml'] },
    { at: '-2h10m' },
    { at: '-2h9m', wait: 3000 },
    { at: '-2h' },
    { at: '-1h59m', wait: 6000 },
  ],
  behaviours: [
    {
      pods: { namespace: 'transit', labels: { app: 'timetable' } },
      logs: [{ after: 2, every: 90, text: '{time} INFO timetable: 1204 trips' }],
    },
  ],
  alert: kubePrometheus.nodeNotReady({ node: 'worker-2', startsAt: '-1h58m' }),
}
