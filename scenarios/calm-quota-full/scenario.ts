import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a full quota that nobody presses on',
  now: '2026-04-03T10:20:30Z',
  steps: [
    { at: '-30d', apply: ['10-museum.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'museum', name: 'guide' }, logs: [{ after: 1, every: 33, text: '{time} GET /rooms/{n} 200 {ms}ms' }] },
  ],
  alert: kubePrometheus.own(
    'HighRequestLatency',
    { namespace: 'museum', deployment: 'guide' },
    { summary: 'Requests are slower than the objective.', description: 'The 99th percentile of museum/guide was above 800 ms for 10 minutes.' },
    '-12m',
    'histogram_quantile(0.99, sum by (le, namespace, deployment) (rate(http_request_duration_seconds_bucket[5m]))) > 0.8',
  ),
}
