import { kubePrometheus } from '../../control-plane/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'

export const scenario: Scenario = {
  title: 'node worker-2 has gone silent; its kubelet posts nothing, and what ran there is not ready',
  now: '2026-10-19T02:26:40Z',
  nodes: DEFAULT_NODES.map((node) => (node.name === 'worker-2' ? { ...node, faults: [{ down: true, since: '-4m35s' }] } : node)),
  nodeMonitorGracePeriod: '8s',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-23d3h22m41s', apply: ['shared/shop.yaml'] },
    { at: '-4m35s' },
    // By now the node controller has waited long enough.
    { at: '-3m45s', wait: 13_000 },
  ],
  behaviours: [checkoutAtWork, ...shopAtWork],
  alert: kubePrometheus.nodeNotReady({ node: 'worker-2', startsAt: '-2m30s' }),
}
