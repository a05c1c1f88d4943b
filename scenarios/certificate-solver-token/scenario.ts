import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an issuer names the Secret of a token that nobody made; no certificate, no Secret, and the proxy’s pods do not start',
  now: '2026-10-21T06:12:44Z',
  steps: [
    { at: '-80d', manager: 'helm', apply: ['10-cert-manager.yaml'] },
    { at: '-2h', manager: 'kubectl-edit', apply: ['20-issuer.yaml'] },
    { at: '-41m', manager: 'helm', apply: ['30-portal.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'cert-manager' },
      since: '-40m',
      logs: [
        {
          after: 2,
          every: 60,
          text: 'E1021 05:33:11.002817       1 controller.go:157] "re-queuing item due to error processing" err="error getting cloudflare secret: secrets \\"cloudflare-token-v2\\" not found" logger="cert-manager.controller" controller="challenges" key="portal/portal-tls-1-2718-0"',
        },
      ],
    },
  ],
  alert: (podsOf) => kubePrometheus.podNotReady({ namespace: 'portal', pod: podsOf('portal', 'edge-')[0].metadata.name, startsAt: '-24m' }),
}
