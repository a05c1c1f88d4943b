import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the namespace of the caller lost the label that the callee’s NetworkPolicy asks for',
  now: '2026-06-28T21:15:42Z',
  steps: [
    { at: '-31d', apply: ['10-telco.yaml'] },
    {
      at: '-51m',
      manager: 'kubectl-label',
      patch: [{ apiVersion: 'v1', kind: 'Namespace', name: 'mediation', patch: { metadata: { labels: { zone: null } } } }],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'mediation', labels: { app: 'cdr-loader' } },
      since: '-51m',
      exits: { code: 1, after: 62 },
      logs: [
        { after: 1, text: '{time} INFO cdr-loader: reading /var/cdr' },
        {
          after: 61,
          text: '{time} FATAL cdr-loader: rating.charging.svc.cluster.local:50051: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.96.201.3:50051: i/o timeout"',
        },
      ],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'mediation',
      pod: podsOf('mediation', 'cdr-loader-')[0].metadata.name,
      container: 'loader',
      startsAt: '-32m',
    }),
}
