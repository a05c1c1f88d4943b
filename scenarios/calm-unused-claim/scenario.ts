import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'claims, volumes and classes that nobody uses',
  now: '2026-11-12T07:30:00Z',
  steps: [
    { at: '-40d', apply: ['10-zoo.yaml'] },
    { at: '-9d', delete: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'zoo', name: 'old-cams' }] },
    { at: '-8d', delete: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'zoo', name: 'old-cams' }] },
  ],
  alert: kubePrometheus.own(
    'HighRequestLatency',
    { namespace: 'zoo', deployment: 'tickets' },
    { summary: 'Requests are slower than the objective.', description: 'The 99th percentile of zoo/tickets was above 800 ms for 10 minutes.' },
    '-12m',
    'histogram_quantile(0.99, sum by (le, namespace, deployment) (rate(http_request_duration_seconds_bucket[5m]))) > 0.8',
  ),
}
