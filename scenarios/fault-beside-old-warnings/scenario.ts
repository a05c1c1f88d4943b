import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a missing ServiceAccount among signs of things that are over',
  now: '2026-09-19T15:03:15Z',
  steps: [
    { at: '-25d', apply: ['10-ferry.yaml'] },
    { at: '-1d', manager: 'kubectl-cordon', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'worker-3', patch: { spec: { unschedulable: true } } }] },
    { at: '-55m', manager: 'kubectl-edit', patch: [setContainer({ kind: 'Deployment', namespace: 'ferry', name: 'timetable' }, 'timetable', { resources: { requests: { cpu: '3500m' } } })] },
    { at: '-49m', manager: 'kubectl-rollout', patch: [setContainer({ kind: 'Deployment', namespace: 'ferry', name: 'timetable' }, 'timetable', { resources: { requests: { cpu: '500m' } } })] },
    { at: '-33m', manager: 'helm', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ferry', name: 'boarding', patch: { spec: { template: { spec: { serviceAccountName: 'boarding-reader', serviceAccount: 'boarding-reader' } } } } }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'ferry', deployment: 'boarding', startsAt: '-17m' }),
}
