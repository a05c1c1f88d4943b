import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the release Job of a new service ends because the namespace may have no more Services',
  now: '2026-07-30T16:05:41Z',
  steps: [
    { at: '-63d2h', apply: ['10-loyalty.yaml'] },
    { at: '-27m18s', manager: 'gitlab-runner', apply: ['20-release.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'loyalty', name: 'release-vouchers' },
      exits: { code: 1, after: 7 },
      logs: [
        { after: 1, text: 'configmap/vouchers-config unchanged' },
        { after: 2, text: 'deployment.apps/vouchers configured' },
        { after: 3, text: 'Error from server (Forbidden): error when creating "k8s/service.yaml": services "vouchers" is forbidden: exceeded quota: object-counts, requested: services=1, used: services=3, limited: services=3' },
        { after: 5, text: 'release: kubectl apply ended with 1' },
      ],
    },
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'loyalty', job_name: 'release-vouchers-4812', startsAt: '-9m' }),
}
