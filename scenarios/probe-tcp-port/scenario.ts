import { setContainer } from '../../control-plane/patches.ts'
import { errorRate } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a TCP readiness probe is set to a port that nothing listens on; the gateway in front answers 503 and is alerted on',
  now: '2026-10-08T09:50:10Z',
  steps: [
    { at: '-21d3h12m8s', apply: ['10-travel.yaml'] },
    {
      at: '-34m',
      manager: 'kubectl-patch',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'travel', name: 'frontend' }, 'frontend', { readinessProbe: { tcpSocket: { port: 9999 } } }),
      ],
    },
  ],
  behaviours: [
    { pods: { labels: { app: 'frontend' } }, listens: [8080], logs: [{ after: 0.5, text: '{time} [INFO]  Started service: name=frontend upstreamURIs="" upstreamWorkers=1 listenAddress=0.0.0.0:8080 service type=http' }] },
    {
      pods: { labels: { app: 'partner-gateway' } },
      since: '-33m50s',
      logs: [{ after: 1, every: 9, text: '{date} [error] 1284#0: *{n} connect() failed (111: Connection refused) while connecting to upstream, client: 10.244.0.1, server: kong, request: "GET /offers HTTP/1.1", upstream: "http://10.96.30.30:8080/offers"' }],
    },
  ],
  alert: errorRate({ namespace: 'travel', service: 'partner-gateway', percent: 100, startsAt: '-30m' }),
}
