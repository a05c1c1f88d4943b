import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'policies that select no pod, and one that lets in who should come: none of them has to do with a slow service',
  now: '2026-07-08T10:10:10Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-22d', apply: ['10-ehr.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'ehr', labels: { app: 'records' } },
      logs: [{ after: 2, every: 25, text: '{time} INFO records: GET /patients/{id} 200 {ms}ms' }],
    },
  ],
  alert: ownRule('SlowRequests', {
    startsAt: '-14m',
    labels: { namespace: 'ehr', deployment: 'records' },
    summary: 'Requests are slow.',
    description: 'The 99th percentile of ehr/records is above 1 s for 10 minutes.',
    expr: 'histogram_quantile(0.99, sum by (le, namespace, deployment) (rate(http_request_duration_seconds_bucket[5m]))) > 1',
  }),
}
