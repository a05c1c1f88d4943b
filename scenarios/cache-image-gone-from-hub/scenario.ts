import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

const OLD = 'aks-memory-31408855-vmss000000'
const NEW = 'aks-memory-31408855-vmss000001'
const memory = { cpu: '4', memory: '32874240Ki' }
const node = (unschedulable: boolean) => ({ apiVersion: 'v1', kind: 'Node', name: OLD, patch: { spec: { unschedulable: unschedulable || null } } })

export const scenario: Scenario = {
  title: 'Redis moves to a node without its image, which Docker Hub does not have any more; the cart burns its error budget',
  now: '2026-08-05T07:52:19Z',
  nodes: [
    { name: 'aks-general-18824417-vmss000000', ip: '10.224.0.4', zone: 'westeurope-1', labels: { agentpool: 'general' } },
    { name: 'aks-general-18824417-vmss000001', ip: '10.224.0.5', zone: 'westeurope-2', labels: { agentpool: 'general' } },
    { name: OLD, ip: '10.224.0.7', zone: 'westeurope-1', labels: { agentpool: 'memory' }, ...memory },
    { name: NEW, ip: '10.224.0.9', zone: 'westeurope-2', labels: { agentpool: 'memory' }, joined: '-31d', ...memory },
  ],
  steps: [
    { at: '-90d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-66d', manager: 'helm', apply: ['10-shop.yaml'] },
    { at: '-31d', wait: 6000 },
    { at: '-37m', manager: 'kubectl-drain', patch: [node(true)] },
    { at: '-37m', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop-prod', name: 'redis-master-0' }] },
    { at: '-24m', manager: 'kubectl-uncordon', patch: [node(false)] },
  ],
  behaviours: [
    corednsAtWork,
    {
      pods: { namespace: 'shop-prod', name: 'redis-master', where: (pod: KubeObject) => pod.spec.nodeName === NEW },
      pull: `rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/bitnami/redis:7.2.5-debian-12-r0": failed to resolve reference "docker.io/bitnami/redis:7.2.5-debian-12-r0": docker.io/bitnami/redis:7.2.5-debian-12-r0: not found`,
    },
    { pods: { namespace: 'shop-prod', name: 'redis-master' }, logs: [{ after: 1, text: '1:M {time} * Ready to accept connections tcp' }] },
    { pods: { namespace: 'shop-prod', name: 'cart-' }, until: '-37m', logs: [{ after: 2, text: '{"level":"info","time":"{time}","msg":"cart listening on :3000"}' }, { after: 5, every: 37, text: '{"level":"info","time":"{time}","msg":"GET /v1/cart 200","ms":{ms},"rid":"{id}"}' }] },
    {
      pods: { namespace: 'shop-prod', name: 'cart-' },
      since: '-37m',
      logs: [
        { after: 2, every: 22, text: '[ioredis] Unhandled error event: Error: connect ECONNREFUSED 10.96.41.7:6379\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16)' },
        { after: 9, every: 34, text: '{"level":"error","time":"{time}","msg":"GET /v1/cart 503","rid":"{id}","err":"MaxRetriesPerRequestError: Reached the max retries per request limit (which is 3). Refer to \\"maxRetriesPerRequest\\" option for details."}' },
      ],
    },
    { pods: { namespace: 'shop-prod', name: 'web-' }, logs: [{ after: 5, every: 33, text: '{time} INFO  GET / 200 {ms}ms' }] },
    { pods: { namespace: 'shop-prod', name: 'web-' }, since: '-36m', logs: [{ after: 5, every: 41, text: '{time} WARN  GET /cart: upstream http://cart answered 503, empty cart shown rid={id}' }] },
  ],
  alert: rule(
    'CartErrorBudgetBurn',
    '-29m',
    { namespace: 'shop-prod', service: 'cart', slo: 'cart-availability', severity: 'critical', long: '1h', short: '5m' },
    'The cart burns its error budget 14 times too fast.',
    'cart-availability: 96% of the requests to cart fail.',
    'slo:sli_error:ratio_rate1h{slo="cart-availability"} > (14.4 * 0.001) and slo:sli_error:ratio_rate5m{slo="cart-availability"} > (14.4 * 0.001)',
  ),
}
