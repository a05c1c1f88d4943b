import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a default policy for outgoing traffic allows 443 only; the scanner cannot ask the DNS any more',
  now: '2026-09-16T22:18:03Z',
  steps: [
    { at: '-25d', apply: ['10-sec.yaml'] },
    { at: '-50m', manager: 'argocd-controller', apply: ['20-policy.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'appsec', labels: { app: 'scanner' } },
      since: '-49m50s',
      exits: { code: 1, after: 25 },
      logs: [
        { after: 1, text: '{time} INFO scanner 3.1 starting' },
        {
          after: 24,
          text: '{time} FATAL fetch rules: Get "https://rules.vendor.example/v2/all": dial tcp: lookup rules.vendor.example on 10.96.0.10:53: read udp 10.244.1.9:41233->10.96.0.10:53: i/o timeout',
        },
      ],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'appsec',
      pod: podsOf('appsec', 'scanner-')[0].metadata.name,
      container: 'scanner',
      startsAt: '-33m',
    }),
}
