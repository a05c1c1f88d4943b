import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a campaign brings more load than maxReplicas allows for; the autoscaler stands at its maximum',
  now: '2026-10-30T08:00:00Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-27d', apply: ['10-air.yaml'] },
    { at: '-1h', wait: 5000 },
    { at: '-59m30s', wait: 5000 },
  ],
  behaviours: [
    { pods: { namespace: 'airline', labels: { app: 'checkin' } }, since: '-1h', usage: { cpu: '480m', memory: '210Mi' } },
    {
      pods: { namespace: 'airline', labels: { app: 'checkin' } },
      until: '-1h',
      usage: { cpu: '180m', memory: '180Mi' },
      logs: [{ after: 2, every: 30, text: '{time} INFO checkin: boarding pass issued pnr={id} took={ms}ms' }],
    },
  ],
  alert: controllerAlerts.hpaMaxedOut({ namespace: 'airline', horizontalpodautoscaler: 'checkin', startsAt: '-43m' }),
}
