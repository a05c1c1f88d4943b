import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a cache must run beside pods with a label that was renamed',
  now: '2026-06-18T07:07:25Z',
  steps: [
    { at: '-50d', apply: ['10-trading.yaml'] },
    { at: '-43m', apply: ['20-cache.yaml'] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'trading', deployment: 'pricing-cache', startsAt: '-27m' }),
}
