import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a new chart calls the container’s port web; the Service still sends to http',
  now: '2026-06-25T11:48:09Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-52d', manager: 'helm', apply: ['10-claims.yaml'] },
    { at: '-35m20s', manager: 'helm', apply: ['20-claims.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'insurance', labels: { app: 'claims-ui' } },
      since: '-34m',
      logs: [
        {
          after: 3,
          every: 11,
          text: '2026/06/25 11:20:07 [error] 29#29: *8841 connect() failed (111: Connection refused) while connecting to upstream, client: 10.244.0.7, server: _, request: "GET /api/claims HTTP/1.1", upstream: "http://claims:80/api/claims"',
        },
      ],
    },
  ],
  alert: kubePrometheus.targetDown({ namespace: 'insurance', service: 'claims', job: 'claims', startsAt: '-22m' }),
}
