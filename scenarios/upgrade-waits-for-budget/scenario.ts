import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a node waits to be drained for its upgrade; a budget wants the one replica that it holds',
  now: '2026-08-19T03:31:07Z',
  steps: [
    { at: '-50d', manager: 'helm', apply: ['10-mail.yaml'] },
    {
      at: '-1h52m',
      manager: 'upgrade-agent',
      patch: [{ apiVersion: 'v1', kind: 'Node', name: 'worker-1', patch: { spec: { unschedulable: true } } }],
    },
  ],
  behaviours: [{ pods: { namespace: 'mail' }, logs: [{ after: 2, text: '{time} relay ready' }] }],
  alert: ownRule('NodeUpgradeStuck', {
    startsAt: '-51m',
    labels: { node: 'worker-1', job: 'upgrade-agent', severity: 'warning' },
    summary: 'A node has been cordoned for more than an hour.',
    description: 'Node worker-1 has been unschedulable for 1 hour; its upgrade does not get on.',
    expr: 'kube_node_spec_unschedulable == 1',
  }),
}
