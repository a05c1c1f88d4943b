import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an Ingress sends to port 8080 of a Service that serves 80',
  now: '2026-09-24T18:40:44Z',
  steps: [
    { at: '-75d', apply: ['shared/platform.yaml'] },
    { at: '-62d', apply: ['10-tickets.yaml'] },
    { at: '-31m', apply: ['20-ingress.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-30m',
      logs: [
        {
          after: 8,
          every: 200,
          text: 'W0924 18:11:02.772310       7 endpointslices.go:81] Error obtaining Endpoints for Service "ticketing/desk": no port 8080 found',
        },
      ],
    },
  ],
  alert: ownRule('SiteDown', {
    startsAt: '-25m',
    labels: { namespace: 'ticketing', ingress: 'desk', severity: 'critical' },
    summary: 'The help desk answers 503.',
    description: 'desk.support.example has answered 503 for 5 minutes.',
    expr: 'probe_http_status_code == 503',
  }),
}
