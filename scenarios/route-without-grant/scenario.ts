import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a route is moved to another namespace and the backend’s ReferenceGrant still names the old one; the gateway answers 500',
  now: '2026-08-02T11:26:58Z',
  steps: [
    { at: '-63d', manager: 'helm', apply: ['10-crds.yaml'], wait: 2500 },
    { at: '-62d', manager: 'helm', apply: ['20-gateway.yaml'] },
    { at: '-61d', manager: 'argocd-controller', apply: ['30-cart.yaml'] },
    { at: '-60d', manager: 'argocd-controller', apply: ['40-shop.yaml'] },
    {
      at: '-43m',
      manager: 'argocd-controller',
      apply: ['50-shop-eu.yaml'],
      delete: [{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', namespace: 'shop', name: 'cart' }],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'envoy-gateway-system', labels: { 'app.kubernetes.io/component': 'proxy' } },
      until: '-43m',
      logs: [{ after: 4, every: 15, text: '{"start_time":"{time}","method":"GET","x-envoy-origin-path":"/cart/v1/items","protocol":"HTTP/2","response_code":200,"response_flags":"-","response_code_details":"via_upstream","bytes_sent":812,"duration":{ms},":authority":"shop.example","upstream_host":"10.244.1.8:8080","route_name":"httproute/shop/cart/rule/0/match/0/shop_example"}' }],
    },
    {
      pods: { namespace: 'envoy-gateway-system', labels: { 'app.kubernetes.io/component': 'proxy' } },
      since: '-42m50s',
      logs: [{ after: 4, every: 15, text: '{"start_time":"{time}","method":"GET","x-envoy-origin-path":"/cart/v1/items","protocol":"HTTP/2","response_code":500,"response_flags":"-","response_code_details":"direct_response","bytes_sent":0,"duration":0,":authority":"shop.example","upstream_host":null,"route_name":"httproute/shop-eu/cart/rule/0/match/0/shop_example"}' }],
    },
    { pods: { namespace: 'cart' }, logs: [{ after: 1, text: '{time} INFO cart-api: listening on :8080' }] },
  ],
  alert: ownRule('GatewayErrorRateHigh', {
    startsAt: '-37m',
    labels: { namespace: 'edge', gateway: 'public', severity: 'critical' },
    summary: 'A gateway answers many requests with 5xx.',
    description: '31% of the requests through gateway edge/public are answered with 5xx.',
    expr: 'sum by (namespace, gateway) (rate(envoy_http_downstream_rq_xx{envoy_response_code_class="5"}[5m])) / sum by (namespace, gateway) (rate(envoy_http_downstream_rq_xx[5m])) > 0.05',
  }),
}
