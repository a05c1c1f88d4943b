import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title:
    'a scaled-down staging area, a suspended CronJob, outside names, a hand-made endpoint, a DaemonSet for nodes that are not there: all on purpose',
  now: '2026-09-25T15:15:15Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-22d', apply: ['10-mixed.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'museum', labels: { app: 'tickets' } }, logs: [{ after: 2, every: 25, text: '{time} INFO tickets: sold {id}' }] },
  ],
  alert: ownRule('SlowRequests', {
    startsAt: '-9m',
    labels: { namespace: 'museum', deployment: 'tickets' },
    summary: 'Requests are slow.',
    description: 'The 99th percentile of museum/tickets is above 1 s for 10 minutes.',
    expr: 'histogram_quantile(0.99, sum by (le, namespace, deployment) (rate(http_request_duration_seconds_bucket[5m]))) > 1',
  }),
}
