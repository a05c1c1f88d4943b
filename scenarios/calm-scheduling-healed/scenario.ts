import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'pods that found no node half an hour ago run now',
  now: '2026-06-30T12:31:22Z',
  nodes: [
    { name: 's1', ip: '10.1.1.1' },
    { name: 's2', ip: '10.1.1.2' },
  ],
  steps: [
    { at: '-18d', apply: ['10-school.yaml'] },
    { at: '-50m', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'school', name: 'exam', patch: { spec: { replicas: 5 } } }] },
    { at: '-27m', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'school', name: 'video', patch: { spec: { replicas: 1 } } }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'school', deployment: 'exam', startsAt: '-34m' }),
}
