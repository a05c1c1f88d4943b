import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a CI server is installed anew; its retained disk still belongs to the claim that is gone',
  now: '2026-10-15T13:50:27Z',
  steps: [
    { at: '-82d', apply: ['10-ci.yaml', '20-jenkins.yaml'] },
    { at: '-1d2h', manager: 'helm', delete: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ci', name: 'jenkins' }] },
    { at: '-1d1h', manager: 'helm', delete: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'ci', name: 'jenkins-home' }] },
    { at: '-50m', manager: 'helm', apply: ['20-jenkins.yaml'] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'ci', deployment: 'jenkins', startsAt: '-34m' }),
}
