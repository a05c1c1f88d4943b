import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a SecretStore assumes the role of staging; the Secret of the new version is never written, and its pods do not start',
  now: '2026-11-03T14:40:19Z',
  steps: [
    { at: '-90d', manager: 'helm', apply: ['10-eso.yaml'] },
    { at: '-60d', manager: 'argocd-controller', apply: ['20-loyalty.yaml'] },
    { at: '-33m', manager: 'argocd-controller', apply: ['30-points.yaml'] },
  ],
  behaviours: [{ pods: { namespace: 'loyalty', labels: { app: 'points' } }, logs: [{ after: 3, text: '{time} INFO  points listening on :8080' }] }],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'loyalty', deployment: 'points', startsAt: '-12m' }),
}
