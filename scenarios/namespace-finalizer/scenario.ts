import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a namespace does not go: a claim in it has a finalizer whose controller was removed before',
  now: '2026-08-24T18:00:05Z',
  steps: [
    { at: '-60d', apply: ['10-preview.yaml'] },
    { at: '-2h30m', manager: 'kubectl', delete: [{ apiVersion: 'v1', kind: 'Namespace', name: 'preview-1841' }] },
    { at: '-2h29m', wait: 7000 },
    { at: '-2h28m', wait: 9000 },
  ],
  alert: ownRule('NamespaceStuckTerminating', {
    startsAt: '-2h',
    labels: { namespace: 'preview-1841' },
    summary: 'A namespace is Terminating for more than 30 minutes.',
    description: 'Namespace preview-1841 does not go.',
    expr: 'kube_namespace_status_phase{phase="Terminating"} == 1',
  }),
}
