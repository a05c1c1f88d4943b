import { errorRate } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a DestinationRule loses the subset that a VirtualService still sends to; callers get 503',
  now: '2026-11-02T16:08:09Z',
  steps: [
    { at: '-50d', manager: 'helm', apply: ['05-crds.yaml'], wait: 2500 },
    { at: '-49d', manager: 'helm', apply: ['10-loyalty.yaml'] },
    {
      at: '-37m',
      manager: 'argocd-controller',
      patch: [
        {
          apiVersion: 'networking.istio.io/v1',
          kind: 'DestinationRule',
          namespace: 'loyalty',
          name: 'points',
          patch: { spec: { subsets: [{ name: 'green', labels: { version: 'green' } }] } },
        },
      ],
    },
  ],
  behaviours: [
    { pods: { namespace: 'loyalty' }, logs: [{ after: 1, text: '{"time":"{time}","level":"INFO","msg":"listening on :8080"}' }] },
    { pods: { namespace: 'tills' }, until: '-37m', logs: [{ after: 2, text: '{time} INFO  [io.quarkus] (main) checkout 22.4 on JVM started in 2.104s. Listening on: http://0.0.0.0:8080' }, { after: 9, every: 20, text: '{time} INFO  [c.r.Checkout] (executor-thread-3) receipt {id} closed in {ms} ms' }] },
    {
      pods: { namespace: 'tills' },
      since: '-36m50s',
      logs: [
        { after: 2, every: 12, text: '{time} ERROR [c.r.PointsClient] (executor-thread-3) Unexpected response 503 from http://points.loyalty:8080/v2/book: no healthy upstream' },
        { after: 9, every: 40, text: '{time} INFO  [c.r.Checkout] (executor-thread-3) receipt {id} closed in {ms} ms' },
      ],
    },
  ],
  alert: errorRate({ namespace: 'tills', service: 'checkout', percent: 71, startsAt: '-31m' }),
}
