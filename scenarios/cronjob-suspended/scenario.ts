import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the backup’s CronJob was suspended during an incident and never resumed',
  now: '2026-10-26T09:09:09Z',
  steps: [
    { at: '-70d', apply: ['10-backup.yaml'] },
    {
      at: '-6d2h',
      manager: 'kubectl-patch',
      patch: [{ apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'crm', name: 'pg-backup', patch: { spec: { suspend: true } } }],
    },
  ],
  alert: ownRule('BackupTooOld', {
    startsAt: '-4d',
    labels: { namespace: 'crm', cronjob: 'pg-backup', severity: 'critical' },
    summary: 'The last good backup is older than 48 hours.',
    description: 'CronJob crm/pg-backup has not succeeded for 2 days.',
    expr: 'time() - kube_cronjob_status_last_successful_time > 172800',
  }),
}
