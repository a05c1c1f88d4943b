import { kubePrometheus } from '../../control-plane/alerts.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a new Deployment names a pull secret that its namespace does not have',
  now: '2026-05-11T12:05:22Z',
  steps: [
    { at: '-19d3h12m8s', apply: ['10-claims.yaml'] },
    { at: '-42m18s', apply: ['20-adjuster.yaml'] },
  ],
  behaviours: [
    { pods: { labels: { app: 'adjuster' } }, pull: registry.unauthorized('harbor.insure.example/claims/adjuster:0.9.2') },
    { pods: { labels: { app: 'intake' } }, logs: [{ after: 9, text: '{time}  INFO 1 --- [main] e.insure.IntakeApplication : Started IntakeApplication in 8.411 seconds' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'claims-uat', deployment: 'adjuster', startsAt: '-26m' }),
}
