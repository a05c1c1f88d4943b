import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an Ingress of the clinic’s portal sends to Service portal-web, which was renamed to portal',
  now: '2026-07-02T08:17:26Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-33d', manager: 'helm', apply: ['10-clinic.yaml'] },
    { at: '-47m', manager: 'helm', delete: [{ apiVersion: 'v1', kind: 'Service', namespace: 'clinic', name: 'portal-web' }] },
    { at: '-46m58s', manager: 'helm', apply: ['20-service.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-46m',
      logs: [
        {
          after: 5,
          every: 120,
          text: 'W0702 07:31:09.118236       7 controller.go:1216] Service "clinic/portal-web" does not have any active Endpoint.\nW0702 07:31:09.118249       7 controller.go:1104] Error obtaining Endpoints for Service "clinic/portal-web": no object matching key "clinic/portal-web" in local store',
        },
      ],
    },
  ],
  alert: ownRule('IngressErrorRate', {
    startsAt: '-40m',
    labels: { namespace: 'clinic', ingress: 'portal', severity: 'critical' },
    summary: 'More than 5 % of requests fail.',
    description: '100% of the requests to ingress clinic/portal are answered with 503.',
    expr: 'sum by (namespace, ingress) (rate(nginx_ingress_controller_requests{status=~"5.."}[5m])) / sum by (namespace, ingress) (rate(nginx_ingress_controller_requests[5m])) > 0.05',
  }),
}
