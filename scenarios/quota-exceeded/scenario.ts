import { kubePrometheus } from '../../control-plane/alerts.ts'
import { shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'renderer is scaled to 6 for the end of the month, and the quota on memory requests lets only 5 of them in',
  now: '2026-08-31T06:41:02Z',
  steps: [
    { at: '-58d1h7m9s', apply: ['shared/platform.yaml'] },
    { at: '-40d2h51m33s', apply: ['10-reports.yaml'] },
    { at: '-47m5s', manager: 'kubectl', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'reports', name: 'renderer', patch: { spec: { replicas: 6 } } }] },
  ],
  behaviours: [
    { pods: { namespace: 'reports', labels: { app: 'renderer' } }, logs: [{ after: 5, every: 37, text: '{time} rendered report {id} in {ms}0 ms' }] },
    ...shopAtWork,
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'reports', deployment: 'renderer', startsAt: '-31m15s' }),
}
