import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'pods wait behind a gate of a queue controller that this cluster does not have',
  now: '2026-01-23T17:17:17Z',
  steps: [
    { at: '-28d', apply: ['10-rendering.yaml'] },
    { at: '-1h7m', manager: 'helm', apply: ['20-frames.yaml'] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'rendering', deployment: 'frame-worker', startsAt: '-51m' }),
}
