import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a bare pod wants a node label that no node carries',
  now: '2026-07-21T10:10:10Z',
  steps: [
    { at: '-60d', apply: ['10-onboarding.yaml'] },
    { at: '-55m', manager: 'kubectl-create', apply: ['20-import.yaml'] },
  ],
  alert: kubePrometheus.podNotReady({ namespace: 'onboarding', pod: 'customer-import', startsAt: '-39m' }),
}
