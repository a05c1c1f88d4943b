import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'pods must be spread over racks, which no node names',
  now: '2026-09-14T22:00:41Z',
  steps: [
    { at: '-15d', apply: ['10-dns.yaml'] },
    {
      at: '-34m',
      manager: 'helm',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'edge-dns',
          name: 'resolver',
          patch: {
            spec: {
              template: {
                spec: {
                  topologySpreadConstraints: [
                    { maxSkew: 1, topologyKey: 'topology.example.net/rack', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'resolver' } } },
                  ],
                },
              },
            },
          },
        },
      ],
    },
  ],
  alert: (podsOf) => {
    const pod = podsOf('edge-dns', 'resolver-').find(({ spec }) => !spec.nodeName)
    return kubePrometheus.podNotReady({ namespace: 'edge-dns', pod: pod.metadata.name, startsAt: '-18m' })
  },
}
