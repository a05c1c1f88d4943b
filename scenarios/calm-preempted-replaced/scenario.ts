import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a preempted worker that found another place',
  now: '2026-07-11T21:11:01Z',
  nodes: [
    { name: 'l1', ip: '10.30.0.1' },
    { name: 'l2', ip: '10.30.0.2' },
  ],
  steps: [
    { at: '-20d', apply: ['10-lottery.yaml'] },
    { at: '-46m', apply: ['20-draw.yaml'] },
    { at: '-35m', delete: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'lottery', name: 'archive' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'lottery', deployment: 'stats', startsAt: '-31m' }),
}
