import { kubePrometheus } from '../../control-plane/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'containerd on worker-3 does not answer; its kubelet reports NotReady, and the pods on it go out of service',
  now: '2026-07-25T00:41:29Z',
  nodes: DEFAULT_NODES.map((node) =>
    node.name === 'worker-3'
      ? {
          ...node,
          faults: [
            {
              since: '-24m',
              notReady: '[container runtime is down, PLEG is not healthy: pleg was last seen active 3m11.207s ago; threshold is 3m0s]',
            },
          ],
        }
      : node,
  ),
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-21d', apply: ['10-chat.yaml'] },
    { at: '-24m' },
    { at: '-23m', wait: 3000 },
  ],
  behaviours: [
    {
      pods: { namespace: 'chat', labels: { app: 'presence' } },
      logs: [{ after: 4, every: 60, text: '{time} [info] sessions=3120 dirty=12' }],
    },
  ],
  alert: kubePrometheus.nodeNotReady({ node: 'worker-3', startsAt: '-9m' }),
}
