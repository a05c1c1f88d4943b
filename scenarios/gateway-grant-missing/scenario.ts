import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an HTTPRoute sends to a Service of another namespace, where no ReferenceGrant allows it',
  now: '2026-06-22T13:30:10Z',
  steps: [
    { at: '-60d', apply: ['shared/gateway-api.yaml'] },
    { at: '-59d', apply: ['10-edge.yaml'] },
    { at: '-33m', apply: ['20-route.yaml'] },
  ],
  alert: ownRule('RouteErrors', {
    startsAt: '-21m',
    labels: { namespace: 'edge', httproute: 'payments' },
    summary: 'A route answers 5xx.',
    description: 'HTTPRoute edge/payments answers 500.',
    expr: 'sum by (namespace, httproute) (rate(envoy_http_downstream_rq_xx{envoy_response_code_class="5"}[5m])) > 0.1',
  }),
}
