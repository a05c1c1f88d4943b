import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const to = (path: string, name: string) => ({ path, pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } })

export const scenario: Scenario = {
  title: 'an edit of the Ingress routes /api to the documentation’s Service instead of the API’s',
  now: '2026-10-02T14:26:08Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-57d', apply: ['10-bank.yaml'] },
    {
      at: '-29m',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'Ingress',
          namespace: 'banking',
          name: 'public',
          patch: { spec: { rules: [{ host: 'bank.example', http: { paths: [to('/api', 'docs'), to('/docs', 'docs')] } }] } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'banking', labels: { app: 'docs' } },
      since: '-29m',
      logs: [
        {
          after: 3,
          every: 7,
          text: '10.244.0.9 - - [02/Oct/2026:13:59:41 +0000] "POST /api/v1/transfers HTTP/1.1" 404 153 "-" "okhttp/4.12.0"',
        },
      ],
    },
    {
      pods: { namespace: 'banking', labels: { app: 'docs' } },
      until: '-29m',
      logs: [
        {
          after: 3,
          every: 600,
          text: '10.244.0.9 - - [02/Oct/2026:10:00:00 +0000] "GET /docs/index.html HTTP/1.1" 200 8112 "-" "Mozilla/5.0"',
        },
      ],
    },
    {
      pods: { namespace: 'banking', labels: { app: 'api' } },
      until: '-29m',
      logs: [{ after: 3, every: 9, text: '{time} INFO o.b.api.TransferController transfer accepted id={id}' }],
    },
  ],
  alert: ownRule('IngressErrorRate', {
    startsAt: '-22m',
    labels: { namespace: 'banking', ingress: 'public', severity: 'critical' },
    summary: 'More than 5 % of requests fail.',
    description: '93% of the requests to ingress banking/public are answered with 404.',
    expr: 'sum by (namespace, ingress) (rate(nginx_ingress_controller_requests{status=~"[45].."}[5m])) / sum by (namespace, ingress) (rate(nginx_ingress_controller_requests[5m])) > 0.05',
  }),
}
