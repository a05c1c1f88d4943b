import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an edit widened the selector of the API’s Service to the whole product; half of the requests go to workers, which do not serve',
  now: '2026-07-09T13:41:02Z',
  steps: [
    { at: '-38d', apply: ['10-news.yaml'] },
    {
      at: '-34m',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          namespace: 'newsroom',
          name: 'api',
          patch: { spec: { selector: { 'app.kubernetes.io/component': null } } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'newsroom', labels: { 'app.kubernetes.io/component': 'frontend' } },
      since: '-34m',
      logs: [
        {
          after: 3,
          every: 9,
          text: "Error: connect ECONNREFUSED 10.96.140.8:80\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16) {\n  errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '10.96.140.8', port: 80\n}",
        },
      ],
    },
    {
      pods: { namespace: 'newsroom', labels: { 'app.kubernetes.io/component': 'worker' } },
      logs: [{ after: 3, every: 50, text: '[{time}] INFO worker: task articles.render[{id}] succeeded in 0.{ms}s' }],
    },
  ],
  alert: ownRule('HighErrorRate', {
    startsAt: '-28m',
    labels: { namespace: 'newsroom', deployment: 'frontend', severity: 'critical' },
    summary: 'More than 20 % of requests fail.',
    description: '51% of the requests of newsroom/frontend fail.',
    expr: 'sum by (namespace, deployment) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (namespace, deployment) (rate(http_requests_total[5m])) > 0.2',
  }),
}
