import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the Deployment of quotes was made anew without the label that its Service selects by',
  now: '2026-08-03T13:05:40Z',
  steps: [
    { at: '-30d4h', apply: ['10-broker.yaml'] },
    { at: '-52m', delete: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'brokerage', name: 'quotes-v1' }] },
    { at: '-51m40s', apply: ['20-quotes.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'brokerage', labels: { app: 'portfolio' } },
      since: '-52m',
      logs: [
        {
          after: 3,
          every: 12,
          text: "[{time}] ERROR in app: HTTPConnectionPool(host='quotes-v1', port=8080): Max retries exceeded with url: /v1/eurusd (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f31c40>: Failed to establish a new connection: [Errno 111] Connection refused'))",
        },
      ],
    },
  ],
  alert: kubePrometheus.targetDown({ namespace: 'brokerage', service: 'quotes-v1', job: 'quotes-v1', startsAt: '-40m' }),
}
