import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const app = (name: string) => ({ namespace: 'web-shop', labels: { app: name } })
const LOST = '-23m40s'

export const scenario: Scenario = {
  title: 'the node of the only Redis is silent',
  now: '2026-04-18T21:34:10Z',
  nodeMonitorGracePeriod: '12s',
  nodes: [
    { name: 'shop-w-01', ip: '10.44.8.11' },
    { name: 'shop-w-02', ip: '10.44.8.12' },
    { name: 'shop-w-03', ip: '10.44.8.13' },
    { name: 'shop-w-04', ip: '10.44.8.14', memory: '65842004Ki', labels: { memory: 'large' }, joined: '-70d', faults: [{ since: LOST, down: true }] },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-64d', apply: ['10-shop.yaml'], manager: 'helm' },
    { at: LOST, wait: 500 },
    { at: '-22m58s', wait: 16_000 },
  ],
  behaviours: [
    ...around,
    { pods: app('basket-redis'), logs: [{ after: 0.2, text: '1:M 13 Feb 2026 {clock} * Ready to accept connections tcp' }] },
    { pods: app('basket'), logs: [{ after: 1, text: '{"time":"{time}","level":"INFO","msg":"listening","addr":":8080"}' }] },
    { pods: app('basket'), until: LOST, logs: [{ after: 10, every: 15, text: '{"time":"{time}","level":"INFO","msg":"basket saved","id":"{id}","ms":{ms}}' }] },
    { pods: app('basket'), since: LOST, until: '-22m50s', logs: [{ after: 6, every: 8, text: '{"time":"{time}","level":"ERROR","msg":"basket not saved","id":"{id}","err":"dial tcp 10.96.44.19:6379: i/o timeout"}' }] },
    { pods: app('basket'), since: '-22m50s', logs: [{ after: 2, every: 9, text: '{"time":"{time}","level":"ERROR","msg":"basket not saved","id":"{id}","err":"dial tcp 10.96.44.19:6379: connect: connection refused"}' }] },
    { pods: app('storefront'), logs: [{ after: 4, text: '{time} info: storefront ready on 3000' }, { after: 12, every: 14, text: '{time} info: GET /p/{port} 200 {ms}ms' }] },
    { pods: app('storefront'), since: LOST, logs: [{ after: 9, every: 13, text: '{time} error: POST http://basket/v2/items failed with status 503' }] },
  ],
  alert: ownRule('BasketUnavailable', {
    startsAt: '-20m',
    labels: { namespace: 'web-shop', service: 'basket', severity: 'critical', team: 'shop' },
    summary: 'Customers cannot put anything into the basket.',
    description: 'basket answers 98.7% of POST /v2/items with an error.',
    expr: 'sum by (namespace, service) (rate(http_requests_total{service="basket",route="/v2/items",code=~"5.."}[2m])) / sum by (namespace, service) (rate(http_requests_total{service="basket",route="/v2/items"}[2m])) > 0.2',
  }),
}
