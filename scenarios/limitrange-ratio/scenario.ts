import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a limit eight times its request, where three times is allowed',
  now: '2026-03-25T17:44:31Z',
  steps: [
    { at: '-20d', apply: ['10-sms.yaml'] },
    { at: '-49m', manager: 'kubectl-patch', patch: [setContainer({ kind: 'Deployment', namespace: 'sms-gateway', name: 'smpp-bind' }, 'smpp', { resources: { limits: { cpu: '2' } } })] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'sms-gateway', deployment: 'smpp-bind', startsAt: '-23m' }),
}
