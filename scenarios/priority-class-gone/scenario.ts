import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a workload names a priority class that only the old cluster had',
  now: '2026-04-30T23:21:17Z',
  steps: [
    { at: '-1h9m', manager: 'flux', apply: ['10-voip.yaml'] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'voip', deployment: 'sip-registrar', startsAt: '-53m' }),
}
