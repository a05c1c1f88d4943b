import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'refusals of forty minutes ago, after which the quota was raised',
  now: '2026-09-27T13:13:31Z',
  steps: [
    { at: '-17d', apply: ['10-opera.yaml'] },
    { at: '-42m', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'opera', name: 'subtitles', patch: { spec: { replicas: 5 } } }] },
    { at: '-30m', manager: 'kubectl-edit', patch: [{ apiVersion: 'v1', kind: 'ResourceQuota', namespace: 'opera', name: 'pods', patch: { spec: { hard: { pods: '10' } } } }], wait: 12_000 },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'opera', deployment: 'subtitles', startsAt: '-26m' }),
}
