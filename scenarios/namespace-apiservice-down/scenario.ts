import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a namespace does not go, since an aggregated API does not answer: its adapter’s Service selects nothing',
  now: '2026-06-20T14:10:44Z',
  steps: [
    { at: '-60d', apply: ['10-adapter.yaml', '20-ns.yaml'] },
    {
      at: '-1d1h',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          namespace: 'metrics-adapter',
          name: 'adapter',
          patch: { spec: { selector: { app: 'prometheus-adapter' } } },
        },
      ],
    },
    { at: '-1h40m', delete: [{ apiVersion: 'v1', kind: 'Namespace', name: 'load-test' }], wait: 4000 },
    { at: '-1h38m', wait: 3000 },
  ],
  alert: ownRule('NamespaceStuckTerminating', {
    startsAt: '-1h8m',
    labels: { namespace: 'load-test' },
    summary: 'A namespace is Terminating for more than 30 minutes.',
    description: 'Namespace load-test does not go.',
    expr: 'kube_namespace_status_phase{phase="Terminating"} == 1',
  }),
}
