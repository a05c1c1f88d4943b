import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a new Loki writer claims 50Gi where 20Gi is the most for one claim',
  now: '2026-06-27T21:18:55Z',
  steps: [
    { at: '-80d', apply: ['10-cdn.yaml'] },
    { at: '-31m', manager: 'helm', apply: ['20-loki.yaml'] },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'cdn-logs', statefulset: 'loki-write', startsAt: '-15m' }),
}
