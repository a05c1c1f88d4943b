import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an Application is moved to a namespace that its project does not allow; it is not synced any more',
  now: '2026-10-02T09:55:00Z',
  steps: [
    { at: '-70d', manager: 'helm', apply: ['10-argocd.yaml'] },
    { at: '-66m', manager: 'kubectl-edit', apply: ['20-moved.yaml'] },
  ],
  behaviours: [],
  alert: ownRule('ArgoAppSyncUnknown', {
    startsAt: '-45m',
    labels: { namespace: 'argocd', name: 'checkout', project: 'retail', dest_server: 'https://kubernetes.default.svc', sync_status: 'Unknown', health_status: 'Unknown', job: 'argocd-metrics', severity: 'warning' },
    summary: 'An application is not in sync.',
    description: 'The sync status of application checkout has been Unknown for 15 minutes.',
    expr: 'argocd_app_info{sync_status!="Synced"} == 1',
  }),
}
