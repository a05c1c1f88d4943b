import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an edit of the Ingress moves its path and takes the certificate from a Secret that does not exist',
  now: '2026-08-11T06:52:37Z',
  steps: [
    { at: '-75d', apply: ['shared/platform.yaml'] },
    { at: '-70d', apply: ['10-site.yaml'] },
    { at: '-43m', apply: ['20-ingress.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-42m',
      logs: [
        {
          after: 8,
          every: 300,
          text: 'W0811 06:10:40.551212       7 backend_ssl.go:47] Error obtaining X.509 certificate: no object matching key "campaign/site-tls-updated" in local store',
        },
      ],
    },
  ],
  alert: ownRule('CertificateMismatch', {
    startsAt: '-35m',
    labels: { namespace: 'campaign', ingress: 'production' },
    summary: 'The site serves a certificate of another name.',
    description: 'www.campaign.example serves "Kubernetes Ingress Controller Fake Certificate".',
    expr: 'probe_ssl_last_chain_info{issuer=~".*Fake.*"} == 1',
  }),
}
