import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an HTTPRoute sends to Service recommendation, which is called recommendations',
  now: '2026-08-26T09:40:10Z',
  steps: [
    { at: '-60d', apply: ['shared/gateway-api.yaml'] },
    { at: '-59d', apply: ['10-stream.yaml'] },
    { at: '-28m', apply: ['20-route.yaml'] },
  ],
  alert: ownRule('RouteErrors', {
    startsAt: '-20m',
    labels: { namespace: 'streaming-web', httproute: 'web' },
    summary: 'A route answers 5xx.',
    description: 'HTTPRoute streaming-web/web answers 500 to every request below /recommendations.',
    expr: 'sum by (namespace, httproute) (rate(envoy_http_downstream_rq_xx{envoy_response_code_class="5"}[5m])) > 0.1',
  }),
}
