import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'metrics-server was scaled to zero; the autoscaler of the API reads no metrics',
  now: '2026-08-17T11:11:53Z',
  steps: [
    { at: '-50d', apply: ['10-metrics.yaml', '20-api.yaml'] },
    {
      at: '-1h20m',
      manager: 'kubectl',
      patch: [
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name: 'metrics-server', patch: { spec: { replicas: 0 } } },
      ],
    },
    { at: '-1h19m', wait: 6000 },
  ],
  alert: controllerAlerts.hpaReplicasMismatch({ namespace: 'rides', horizontalpodautoscaler: 'api', startsAt: '-55m' }),
}
