import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the CronJob was suspended for days while running every minute; it has missed too many times to go on',
  now: '2026-07-23T16:16:16Z',
  steps: [
    { at: '-30d', apply: ['10-poll.yaml'] },
    { at: '-1h50m', apply: ['20-event.yaml'] },
  ],
  alert: ownRule('CronJobStale', {
    startsAt: '-1h30m',
    labels: { namespace: 'weather', cronjob: 'station-poll' },
    summary: 'A CronJob has not succeeded for ten of its intervals.',
    description: 'CronJob weather/station-poll has not been scheduled for 10 minutes.',
    expr: 'time() - kube_cronjob_status_last_schedule_time > 600',
  }),
}
