import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a roll-out changed image, container name and probe an hour ago and went well; a pod is throttled a little',
  now: '2026-08-21T21:00:21Z',
  steps: [
    { at: '-20d', apply: ['10-before.yaml'] },
    { at: '-1h5m', apply: ['20-after.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'prod-web', labels: { app: 'nginx' } },
      logs: [{ after: 2, every: 15, text: '10.244.0.3 - - [21/Aug/2026:20:40:00 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/8.15.0"' }],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.cpuThrottlingHigh({
      namespace: 'prod-web',
      pod: podsOf('prod-web', 'prod-endpoint-')[0].metadata.name,
      container: 'nginx',
      percent: 26.2,
      startsAt: '-20m',
    }),
}
