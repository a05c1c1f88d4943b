import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the Deployment was renamed from thumbnailer to thumbnails; the autoscaler still names the old one',
  now: '2026-05-27T09:14:18Z',
  steps: [
    { at: '-27d', apply: ['10-img.yaml'] },
    { at: '-2h', delete: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'images', name: 'thumbnailer' }] },
    { at: '-1h59m50s', apply: ['20-img.yaml'] },
    { at: '-1h58m', wait: 5000 },
  ],
  alert: controllerAlerts.hpaReplicasMismatch({ namespace: 'images', horizontalpodautoscaler: 'thumbnailer', startsAt: '-1h40m' }),
}
