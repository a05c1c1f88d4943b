import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a batch of high priority takes the places of a portal that has none',
  now: '2026-02-28T01:34:56Z',
  nodes: [
    { name: 'node-a', ip: '10.4.0.11' },
    { name: 'node-b', ip: '10.4.0.12' },
  ],
  steps: [
    { at: '-44d', apply: ['10-portal.yaml'] },
    { at: '-43m', manager: 'airflow', apply: ['20-batch.yaml'] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'customer-portal', deployment: 'portal', startsAt: '-27m' }),
}
