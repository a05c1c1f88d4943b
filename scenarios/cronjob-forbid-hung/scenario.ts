import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a run of the sync hangs, and concurrencyPolicy Forbid keeps every later one from being started',
  now: '2026-09-01T13:13:13Z',
  steps: [
    { at: '-30d', apply: ['10-sync.yaml'] },
    { at: '-9h13m', apply: ['20-run.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'erp', name: 'stock-sync-29799000' },
      exits: { code: 0, after: 900_000 },
      logs: [
        { after: 1, text: '{time} INFO sync: listing warehouses' },
        { after: 3, text: '{time} INFO sync: waiting for lock stock_sync held by session 8812' },
      ],
    },
  ],
  alert: ownRule('CronJobStale', {
    startsAt: '-7h',
    labels: { namespace: 'erp', cronjob: 'stock-sync' },
    summary: 'A CronJob has not succeeded for two of its intervals.',
    description: 'CronJob erp/stock-sync last succeeded more than 2 hours ago.',
    expr: 'time() - kube_cronjob_status_last_successful_time > 7200',
  }),
}
