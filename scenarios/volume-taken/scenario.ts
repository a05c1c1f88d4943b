import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a copied claim names the very volume that the first one holds',
  now: '2026-03-31T07:47:52Z',
  steps: [
    { at: '-55d', apply: ['10-erp.yaml'] },
    { at: '-48m', apply: ['20-copy.yaml'] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'erp', deployment: 'billing-replica', startsAt: '-32m' }),
}
