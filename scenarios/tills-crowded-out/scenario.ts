import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a roll-out finds no room: another team scaled its work up shortly before',
  now: '2026-08-03T09:10:00Z',
  nodes: [
    { name: 'pool-a1', ip: '10.4.0.11', cpu: '4' },
    { name: 'pool-a2', ip: '10.4.0.12', cpu: '4' },
  ],
  steps: [
    { at: '-88d', apply: ['10-pos.yaml'] },
    {
      at: '-71m',
      manager: 'kubectl-scale',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'forecast', name: 'demand-sweep', patch: { spec: { replicas: 12 } } }],
    },
    {
      at: '-38m',
      manager: 'argocd-controller',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'pos',
          name: 'tills',
          patch: { spec: { template: { spec: { containers: [{ name: 'tills', image: 'registry.grocer.example/tills:3.2.0' }] } } } },
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'pos', deployment: 'tills', startsAt: '-21m' }),
}
