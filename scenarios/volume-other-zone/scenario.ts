import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'tile servers are moved to another zone than the disk they need',
  now: '2026-06-05T18:18:01Z',
  nodes: [
    { name: 'aks-pool1-0', ip: '10.224.0.4', zone: 'westeurope-1' },
    { name: 'aks-pool1-1', ip: '10.224.0.5', zone: 'westeurope-2' },
    { name: 'aks-pool1-2', ip: '10.224.0.6', zone: 'westeurope-3' },
  ],
  steps: [
    { at: '-73d', apply: ['10-maps.yaml'] },
    {
      at: '-38m',
      manager: 'kubectl-patch',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'maps',
          name: 'tile-server',
          patch: { spec: { template: { spec: { nodeSelector: { 'topology.kubernetes.io/zone': 'westeurope-2' } } } } },
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'maps', deployment: 'tile-server', startsAt: '-22m' }),
}
