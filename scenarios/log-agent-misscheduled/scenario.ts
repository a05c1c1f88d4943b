import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a node was tainted for the database team; the log agent’s pod on it is not supposed to run there any more',
  now: '2026-06-13T17:59:36Z',
  steps: [
    { at: '-33d', apply: ['10-agent.yaml'] },
    {
      at: '-2h',
      manager: 'kubectl-taint',
      patch: [
        {
          apiVersion: 'v1',
          kind: 'Node',
          name: 'worker-2',
          patch: { spec: { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] } },
        },
      ],
    },
    {
      at: '-1h55m',
      manager: 'kubectl-annotate',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          namespace: 'logging',
          name: 'fluent-bit',
          patch: { metadata: { annotations: { owner: 'observability@logs.example' } } },
        },
      ],
      wait: 2000,
    },
  ],
  alert: controllerAlerts.daemonSetMisScheduled({ namespace: 'logging', daemonset: 'fluent-bit', startsAt: '-1h44m' }),
}
