import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a report is scheduled for the 31st of April',
  now: '2026-05-04T06:30:00Z',
  steps: [{ at: '-40d', manager: 'argocd-controller', apply: ['10-report.yaml'] }],
  alert: ownRule('ReportMissing', {
    startsAt: '-1d',
    labels: { namespace: 'finance', cronjob: 'quarter-end' },
    summary: 'The quarter-end report has not been written.',
    description: 'CronJob finance/quarter-end has never been scheduled.',
    expr: 'absent(kube_cronjob_status_last_schedule_time{cronjob="quarter-end"})',
  }),
}
