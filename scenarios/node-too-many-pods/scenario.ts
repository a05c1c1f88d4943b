import { kubePrometheus } from '../../control-plane/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the nodes take 6 pods each, and all places are taken',
  now: '2026-07-04T16:04:04Z',
  nodes: DEFAULT_NODES.map((node) => ({ ...node, resources: { pods: '6' } })),
  steps: [
    { at: '-25d', apply: ['10-tenants.yaml'] },
    {
      at: '-31m',
      manager: 'kubectl',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'tenants', name: 'site', patch: { spec: { replicas: 20 } } }],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'tenants', deployment: 'site', startsAt: '-15m' }),
}
