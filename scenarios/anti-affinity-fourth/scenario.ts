import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a fourth database pod that may not share a node, in a cluster of three nodes',
  now: '2026-01-19T12:49:33Z',
  steps: [
    { at: '-33d', apply: ['10-db.yaml'] },
    { at: '-47m', manager: 'kubectl', patch: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'orders-db', name: 'cockroach', patch: { spec: { replicas: 4 } } }] },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'orders-db', statefulset: 'cockroach', startsAt: '-31m' }),
}
