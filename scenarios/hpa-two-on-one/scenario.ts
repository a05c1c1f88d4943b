import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'two autoscalers scale the same Deployment, so neither acts',
  now: '2026-07-06T20:50:31Z',
  steps: [
    { at: '-9d', apply: ['10-quiz.yaml'] },
    { at: '-1h30m', manager: 'keda', apply: ['20-hpa.yaml'] },
    { at: '-1h29m', wait: 5000 },
  ],
  behaviours: [{ pods: { namespace: 'quiz', labels: { app: 'play' } }, usage: { cpu: '260m', memory: '100Mi' } }],
  alert: controllerAlerts.hpaReplicasMismatch({ namespace: 'quiz', horizontalpodautoscaler: 'play', startsAt: '-1h10m' }),
}
