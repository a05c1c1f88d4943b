import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the webhook of a product that was uninstalled, with failurePolicy Ignore',
  now: '2026-08-08T11:08:08Z',
  steps: [
    { at: '-30d', apply: ['10-labeler.yaml'] },
    { at: '-2d', manager: 'helm', delete: [{ apiVersion: 'v1', kind: 'Service', namespace: 'labeler', name: 'labeler' }, { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'labeler', name: 'labeler' }] },
    { at: '-44m', manager: 'helm', patch: [setImage({ kind: 'Deployment', namespace: 'bakery', name: 'orders' }, 'orders', 'registry.bread.example/orders:8.1')] },
  ],
  alert: kubePrometheus.own(
    'HighRequestLatency',
    { namespace: 'bakery', deployment: 'orders' },
    { summary: 'Requests are slower than the objective.', description: 'The 99th percentile of bakery/orders was above 800 ms for 10 minutes.' },
    '-12m',
    'histogram_quantile(0.99, sum by (le, namespace, deployment) (rate(http_request_duration_seconds_bucket[5m]))) > 0.8',
  ),
}
