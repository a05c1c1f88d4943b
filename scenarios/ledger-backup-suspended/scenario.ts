import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'

const ran = (name: string, scheduled: string, finished: string): Patch => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  namespace: 'treasury',
  name,
  subresource: 'status',
  patch: { status: { lastScheduleTime: scheduled, lastSuccessfulTime: finished } },
})

export const scenario: Scenario = {
  title: 'the nightly backup is still suspended after a migration',
  now: '2026-09-10T10:31:05Z',
  steps: [
    { at: '-70d', apply: ['shared/monitoring.yaml', '10-treasury.yaml'], manager: 'helm' },
    { at: '-5d9h11m5s', apply: ['20-backup.yaml'], manager: 'kube-controller-manager' },
    { at: '-4d9h11m5s', apply: ['21-backup.yaml'], manager: 'kube-controller-manager' },
    { at: '-3d9h11m5s', apply: ['22-backup.yaml'], manager: 'kube-controller-manager' },
    { at: '-2d14h3m', manager: 'kubectl-patch', patch: [{ apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'treasury', name: 'pgbackrest-full', patch: { spec: { suspend: true } } }] },
    // The controller would make up for schedules that lie before the real day; it leaves a suspended CronJob alone.
    { at: '-2d14h2m50s', manager: 'kube-controller-manager', patch: [ran('pgbackrest-full', '2026-09-07T01:20:00Z', '2026-09-07T01:20:27Z')] },
    { at: '-2d4h26m5s', apply: ['30-fx.yaml'], manager: 'kube-controller-manager' },
    { at: '-1d4h26m5s', apply: ['31-fx.yaml'], manager: 'kube-controller-manager' },
    { at: '-4h26m5s', apply: ['32-fx.yaml'], manager: 'kube-controller-manager' },
    { at: '-4h10m', manager: 'kube-controller-manager', patch: [ran('fx-rates', '2026-09-10T06:05:00Z', '2026-09-10T06:05:19Z')] },
  ],
  behaviours: [
    {
      pods: { namespace: 'treasury', labels: { job: 'pgbackrest-full' } },
      logs: [
        { after: 0.3, text: '{day} {clock} P00   INFO: backup command begin 2.56.0: --log-level-console=info --pg1-host=treasury-pg --repo1-type=s3 --stanza=treasury --type=full' },
        { after: 2, text: '{day} {clock} P00   INFO: execute non-exclusive backup start: backup begins after the next regular checkpoint completes' },
        { after: 13, text: '{day} {clock} P00   INFO: backup command end: completed successfully ({ms}214ms)' },
      ],
    },
    { pods: { namespace: 'treasury', labels: { cluster: 'treasury-pg' } }, container: 'postgres', logs: [{ after: 300, every: 300, text: '{day} {clock} UTC [29] LOG:  checkpoint starting: time' }] },
    { pods: { namespace: 'treasury', labels: { app: 'payout-scheduler' } }, logs: [{ after: 30, every: 60, text: '{time}  INFO 1 --- [payout-scheduler] [   scheduling-1] c.p.treasury.PayoutBatchJob              : batch {n}: {ms} payouts released' }] },
  ],
  alert: ownRule('PostgresBackupTooOld', {
    startsAt: '-3h10m',
    labels: { namespace: 'treasury', cluster: 'treasury-pg', stanza: 'treasury', severity: 'critical', pod: 'treasury-pg-0' },
    summary: 'The last full backup of a database is older than its policy allows.',
    description: 'The last full backup of treasury-pg (stanza treasury) is 3d 9h old; the policy is 78 h.',
    expr: 'time() - pgbackrest_backup_last_full_completion_timestamp_seconds > 78 * 3600',
  }),
}
