import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a profiler on every node finds no memory beside the database',
  now: '2026-08-17T09:42:42Z',
  steps: [
    { at: '-58d', apply: ['10-db.yaml'] },
    { at: '-56m', manager: 'helm', apply: ['20-profiler.yaml'] },
  ],
  alert: kubePrometheus.daemonSetRolloutStuck({ namespace: 'observability', daemonset: 'profiler', startsAt: '-40m' }),
}
