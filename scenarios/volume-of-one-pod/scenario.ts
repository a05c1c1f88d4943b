import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a rolling update brings a second pod to a volume that one pod may use',
  now: '2026-11-05T06:06:56Z',
  steps: [
    { at: '-13d', apply: ['10-journal.yaml'] },
    { at: '-40m', manager: 'kubectl-set', patch: [setImage({ kind: 'Deployment', namespace: 'journal', name: 'appender' }, 'appender', 'registry.bank.example/journal/appender:1.7.1')] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'journal', deployment: 'appender', startsAt: '-14m' }),
}
