import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const cron = (status: Patch['patch']): Patch => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  namespace: 'mediation-rating',
  name: 'cdr-rating',
  subresource: 'status',
  patch: { status },
})
const java = (level: string, logger: string, text: string) => `{day}T{clock}Z ${level} [${logger}] (main) ${text}`

export const scenario: Scenario = {
  title: 'an hourly run hangs, and Forbid keeps every other from starting',
  now: '2026-10-02T09:14:40Z',
  steps: [
    { at: '-66d', apply: ['shared/watchers.yaml', '10-rating.yaml'], manager: 'helm' },
    { at: '-16h54m40s', apply: ['20-job.yaml'], manager: 'kube-controller-manager' },
    { at: '-15h54m40s', apply: ['21-job.yaml'], manager: 'kube-controller-manager' },
    { at: '-14h54m40s', apply: ['22-job.yaml'], manager: 'kube-controller-manager' },
    {
      at: '-14h54m39s',
      manager: 'kube-controller-manager',
      patch: [
        cron({
          active: [{ apiVersion: 'batch/v1', kind: 'Job', namespace: 'mediation-rating', name: 'cdr-rating-29847980' }],
          lastScheduleTime: '2026-10-01T18:20:00Z',
        }),
      ],
    },
    { at: '-54m40s', apply: ['30-event.yaml'], manager: 'kube-controller-manager' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'mediation-rating', labels: { app: 'cdr-rating' } },
      logs: [
        { after: 2, text: java('INFO ', 'io.quarkus', 'cdr-rating 6.8.1 on JVM (powered by Quarkus 3.26.4) started in 1.914s.') },
        { after: 2.3, text: java('INFO ', 'c.t.m.r.RatingRun', 'window closed, 418{ms} records to rate') },
      ],
    },
    {
      pods: { namespace: 'mediation-rating', name: 'cdr-rating-29847980' },
      exits: { code: 0, after: 400000 },
      logs: [
        { after: 9, text: java('INFO ', 'c.t.m.r.RatingRun', 'partition 1/16 rated, 26{ms} records') },
        { after: 15, text: java('INFO ', 'c.t.m.r.RatingRun', 'partition 2/16 rated, 26{ms} records') },
        {
          after: 75,
          text: java(
            'WARN ',
            'o.a.j.pool',
            'partition 3/16: connection #4 has been out for 60 s (validation off, oracle.jdbc.ReadTimeout not set), still waiting for SQL*Net message from dblink',
          ),
        },
      ],
    },
    {
      pods: {
        namespace: 'mediation-rating',
        labels: { app: 'cdr-rating' },
        where: (pod) => !pod.metadata.name.startsWith('cdr-rating-29847980'),
      },
      exits: { code: 0, after: 131 },
      logs: [
        { after: 9, text: java('INFO ', 'c.t.m.r.RatingRun', 'partition 1/16 rated, 26{ms} records') },
        { after: 130, text: java('INFO ', 'c.t.m.r.RatingRun', 'run finished, 16/16 partitions, 0 rejected') },
      ],
    },
    {
      pods: { namespace: 'mediation-rating', labels: { app: 'balance-api' } },
      logs: [{ after: 5, every: 30, text: java('INFO ', 'c.t.m.b.BalanceResource', 'GET /balance/4915{ms}{ms}{ms} 200 {ms}ms') }],
    },
  ],
  alert: ownRule('UnratedCallRecordsOld', {
    startsAt: '-11h52m',
    labels: { namespace: 'mediation-rating', cronjob: 'cdr-rating', severity: 'critical', team: 'billing-mediation' },
    summary: 'Call records are not being rated.',
    description:
      'The last successful run of cdr-rating is more than 4 hours ago; unrated records are older than the regulator allows for prepaid.',
    expr: 'time() - kube_cronjob_status_last_successful_time{cronjob="cdr-rating"} > 4 * 3600',
  }),
}
