import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an Ingress is given a body size of 512k; the photos of damages are refused with 413',
  now: '2026-05-22T21:09:44Z',
  steps: [
    { at: '-60d', apply: ['shared/platform.yaml'] },
    { at: '-33d', apply: ['10-intake.yaml'] },
    {
      at: '-1h34m',
      manager: 'kubectl-annotate',
      patch: [
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'Ingress',
          namespace: 'claims-intake',
          name: 'intake',
          patch: { metadata: { annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '512k' } } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'ingress-nginx' },
      logs: [{ after: 5, every: 20, text: '10.20.1.1 - - [22/May/2026:{clock} +0000] "GET /v2/claims/{id} HTTP/2.0" 200 1422 "-" "ClaimsApp/7.4 (iOS 19.1)"' }],
    },
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-1h33m',
      logs: [
        {
          after: 2,
          every: 21,
          text: '{date} [error] 31#31: *{n}83 client intended to send too large body: 3871215 bytes, client: 10.20.1.1, server: intake.insurance.example, request: "POST /v2/claims/photos HTTP/2.0", host: "intake.insurance.example"\n10.20.1.1 - - [22/May/2026:{clock} +0000] "POST /v2/claims/photos HTTP/2.0" 413 176 "-" "ClaimsApp/7.4 (iOS 19.1)" 711 0.000 [claims-intake-intake-http] [] - - - - {id}',
        },
      ],
    },
    { pods: { namespace: 'claims-intake' }, logs: [{ after: 1, text: '{"time":"{time}","level":"INFO","msg":"http server started","addr":":8080"}' }, { after: 9, every: 20, text: '{"time":"{time}","level":"INFO","msg":"request","path":"/v2/claims","status":200,"ms":{ms}}' }] },
  ],
  alert: ownRule('IngressClientErrors', {
    startsAt: '-1h21m',
    labels: { namespace: 'claims-intake', ingress: 'intake', status: '413' },
    summary: 'An Ingress refuses many requests.',
    description: 'Ingress claims-intake/intake answers 44% of its requests with 413.',
    expr: 'sum by (namespace, ingress, status) (rate(nginx_ingress_controller_requests{status=~"4.."}[5m])) / on (namespace, ingress) group_left sum by (namespace, ingress) (rate(nginx_ingress_controller_requests[5m])) > 0.2',
  }),
}
