import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'small instances take eleven pods each; the seventeenth chat room finds none',
  now: '2026-05-08T12:12:34Z',
  nodes: [
    { name: 't3-a', ip: '10.0.7.11', resources: { pods: '11' } },
    { name: 't3-b', ip: '10.0.7.12', resources: { pods: '11' } },
  ],
  steps: [
    { at: '-22d', apply: ['10-chat.yaml'] },
    { at: '-37m', manager: 'kubectl', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'chat', name: 'room', patch: { spec: { replicas: 21 } } }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'chat', deployment: 'room', startsAt: '-21m' }),
}
