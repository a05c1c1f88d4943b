import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'TLS for the log shippers is rolled out before anybody made their Secret',
  now: '2026-04-09T22:18:30Z',
  steps: [
    { at: '-88d3h12m8s', apply: ['10-fluent.yaml'] },
    {
      at: '-33m12s',
      manager: 'argocd-controller',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          namespace: 'log-shipping',
          name: 'fluent-bit',
          patch: {
            spec: {
              template: {
                spec: {
                  volumes: [{ name: 'client-tls', secret: { secretName: 'fluent-bit-tls' } }],
                  containers: [{ name: 'fluent-bit', volumeMounts: [{ name: 'client-tls', mountPath: '/tls', readOnly: true }] }],
                },
              },
            },
          },
        },
      ],
    },
  ],
  behaviours: [{ pods: { labels: { app: 'fluent-bit' } }, logs: [{ after: 1, text: '[{date}] [ info] [output:forward:forward.0] worker #1 started' }] }],
  alert: kubePrometheus.daemonSetRolloutStuck({ namespace: 'log-shipping', daemonset: 'fluent-bit', startsAt: '-16m' }),
}
