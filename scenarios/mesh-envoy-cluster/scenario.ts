import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'Envoy’s cluster for inventory has an address that does not exist; the front proxy answers 503 with no healthy upstream',
  now: '2026-09-03T17:21:34Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-16d', apply: ['10-proxy.yaml'] },
    { at: '-39m', manager: 'kubectl-edit', apply: ['20-envoy.yaml'] },
    {
      at: '-38m50s',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'grocery',
          name: 'front-proxy',
          patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-09-03T16:42:44Z' } } } } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'grocery', labels: { app: 'front-proxy' } },
      since: '-38m',
      logs: [
        {
          after: 4,
          every: 30,
          text: '[{time}][1][debug][dns] [source/extensions/network/dns_resolver/cares/dns_impl.cc:158] dns resolution for inventry.grocery.svc.cluster.local failed with c-ares status 4',
        },
        {
          after: 5,
          every: 10,
          text: '[{time}] "GET /inventory/v1/stock HTTP/1.1" 503 UH no_healthy_upstream 0 19 0 - "10.244.2.7" "okhttp/4.12.0" "{id}" "grocery.example" "-"',
        },
      ],
    },
  ],
  alert: ownRule('EnvoyUpstream5xx', {
    startsAt: '-30m',
    labels: { namespace: 'grocery', deployment: 'front-proxy', envoy_cluster_name: 'inventory' },
    summary: 'Envoy answers 5xx for a cluster.',
    description: 'envoy_cluster_upstream_rq_5xx of cluster inventory is above 5 % for 5 minutes.',
    expr: 'sum by (namespace, deployment, envoy_cluster_name) (rate(envoy_cluster_upstream_rq_xx{envoy_response_code_class="5"}[5m])) > 1',
  }),
}
