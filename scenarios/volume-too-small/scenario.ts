import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a feature store claims 500Gi where the largest free disk has 200Gi',
  now: '2026-07-02T14:14:14Z',
  steps: [
    { at: '-19d', apply: ['10-store.yaml'] },
    { at: '-52m', manager: 'helm', apply: ['20-redis.yaml'] },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'feature-store', statefulset: 'redis-store', startsAt: '-36m' }),
}
