import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an Ingress is closed to all but one network; the prober outside gets 403',
  now: '2026-03-11T10:41:20Z',
  steps: [
    { at: '-60d', apply: ['shared/platform.yaml'] },
    { at: '-41d', apply: ['10-museum.yaml'] },
    {
      at: '-52m',
      manager: 'kubectl-annotate',
      patch: [
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'Ingress',
          namespace: 'museum',
          name: 'tickets',
          patch: { metadata: { annotations: { 'nginx.ingress.kubernetes.io/whitelist-source-range': '10.8.0.0/16' } } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'ingress-nginx' },
      until: '-52m',
      logs: [{ after: 5, every: 20, text: '198.51.100.7 - - [11/Mar/2026:{clock} +0000] "GET /events HTTP/2.0" 200 5122 "-" "Mozilla/5.0" 311 0.021 [museum-tickets-http] [] 10.244.1.7:8080 5122 0.021 200 {id}' }],
    },
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-51m40s',
      logs: [
        {
          after: 2,
          every: 15,
          text: '{date} [error] 31#31: *{n}71 access forbidden by rule, client: 198.51.100.7, server: tickets.museum.example, request: "GET / HTTP/2.0", host: "tickets.museum.example"\n198.51.100.7 - - [11/Mar/2026:{clock} +0000] "GET / HTTP/2.0" 403 548 "-" "blackbox-exporter/0.27" 211 0.000 [museum-tickets-http] [] - - - - {id}',
        },
      ],
    },
    { pods: { namespace: 'museum' }, logs: [{ after: 1, text: '[{time}] NOTICE: ready to handle connections' }] },
  ],
  alert: ownRule('ProbeFailed', {
    startsAt: '-45m',
    labels: { namespace: 'monitoring', job: 'blackbox', instance: 'https://tickets.museum.example/', severity: 'critical' },
    summary: 'A site cannot be reached.',
    description: 'The probe of https://tickets.museum.example/ has failed for 5 minutes.',
    expr: 'probe_success{job="blackbox"} == 0',
  }),
}
