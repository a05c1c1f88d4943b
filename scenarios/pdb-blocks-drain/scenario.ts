import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a budget with maxUnavailable 0 keeps a node from being drained for its upgrade',
  now: '2026-09-12T04:11:09Z',
  steps: [
    { at: '-90d', apply: ['10-mq.yaml'] },
    {
      at: '-3h4m',
      manager: 'kubectl-drain',
      patch: [{ apiVersion: 'v1', kind: 'Node', name: 'worker-1', patch: { spec: { unschedulable: true } } }],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'queues', labels: { app: 'rabbitmq' } },
      logs: [{ after: 9, text: '{time} [info] <0.580.0> Server startup complete; 5 plugins started.' }],
    },
  ],
  alert: ownRule('NodeUpgradeStuck', {
    startsAt: '-2h4m',
    labels: { namespace: 'queues', poddisruptionbudget: 'rabbitmq' },
    summary: 'A node drain does not get on.',
    description: "Cannot evict pod as it would violate the pod's disruption budget queues/rabbitmq.",
    expr: 'kube_node_spec_unschedulable == 1 and on () kube_poddisruptionbudget_status_pod_disruptions_allowed == 0',
  }),
}
