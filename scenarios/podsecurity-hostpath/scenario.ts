import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an audit agent needs the host’s files in a namespace that enforces the baseline',
  now: '2026-08-29T07:03:30Z',
  steps: [
    { at: '-36m', manager: 'helm', apply: ['10-audit.yaml'] },
  ],
  alert: kubePrometheus.daemonSetNotScheduled({ namespace: 'node-audit', daemonset: 'auditbeat', count: 3, startsAt: '-25m' }),
}
