import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a ValidatingAdmissionPolicy wants a memory limit of every container',
  now: '2026-11-09T16:41:11Z',
  // The API server takes up a policy some seconds after it was made.
  steps: [
    { at: '-29d', apply: ['10-tickets.yaml'] },
    { at: '-8d', manager: 'terraform', apply: ['20-policy.yaml'], wait: 3_000 },
    { at: '-34m', manager: 'kubectl-scale', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'tickets', name: 'seat-hold', patch: { spec: { replicas: 5 } } }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'tickets', deployment: 'seat-hold', startsAt: '-18m' }),
}
