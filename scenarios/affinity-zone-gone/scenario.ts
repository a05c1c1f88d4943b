import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the required zones of a scorer are those of the region it came from',
  now: '2026-11-02T09:30:59Z',
  nodes: [
    { name: 'ip-10-0-31-7.eu-central-1.compute.internal', ip: '10.0.31.7', zone: 'eu-central-1a', labels: { 'topology.kubernetes.io/region': 'eu-central-1' } },
    { name: 'ip-10-0-32-9.eu-central-1.compute.internal', ip: '10.0.32.9', zone: 'eu-central-1b', labels: { 'topology.kubernetes.io/region': 'eu-central-1' } },
  ],
  steps: [
    { at: '-70d', apply: ['10-fraud.yaml'] },
    {
      at: '-41m',
      manager: 'argocd-controller',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'fraud',
          name: 'scorer',
          patch: {
            spec: {
              template: {
                spec: {
                  affinity: {
                    nodeAffinity: {
                      requiredDuringSchedulingIgnoredDuringExecution: {
                        nodeSelectorTerms: [{ matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-west-1a', 'eu-west-1b'] }] }],
                      },
                    },
                  },
                },
              },
            },
          },
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'fraud', deployment: 'scorer', startsAt: '-15m' }),
}
