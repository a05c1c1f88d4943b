import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a trainer wants a GPU type that is not there, while a quota holds back another workload of the namespace',
  now: '2026-10-08T18:29:03Z',
  nodes: [
    { name: 'w-1', ip: '10.12.0.1' },
    { name: 'g-1', ip: '10.12.0.9', labels: { 'gpu-type': 'l40s' } },
  ],
  steps: [
    { at: '-36d', apply: ['10-pricing.yaml'] },
    { at: '-1h33m', manager: 'kubectl-scale', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pricing-ml', name: 'quote-api', patch: { spec: { replicas: 5 } } }] },
    {
      at: '-42m',
      manager: 'argocd-controller',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pricing-ml', name: 'retrainer', patch: { spec: { template: { spec: { nodeSelector: { 'gpu-type': 'a100' } } } } } }],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'pricing-ml', deployment: 'retrainer', startsAt: '-26m' }),
}
