import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an autoscaler works within its bounds; it would like fewer replicas than it may have',
  now: '2026-06-26T06:26:26Z',
  steps: [
    { at: '-22d', apply: ['10-lunch.yaml'] },
    { at: '-1h', wait: 5000 },
  ],
  behaviours: [
    {
      pods: { namespace: 'canteen', labels: { app: 'menu' } },
      usage: { cpu: '20m', memory: '60Mi' },
      logs: [{ after: 2, every: 60, text: '{time} INFO menu: GET /today 200' }],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.cpuThrottlingHigh({
      namespace: 'canteen',
      pod: podsOf('canteen', 'menu-')[0].metadata.name,
      container: 'menu',
      percent: 25.4,
      startsAt: '-16m',
    }),
}
