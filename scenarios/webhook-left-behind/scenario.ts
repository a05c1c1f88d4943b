import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a product was uninstalled and its webhook stayed',
  now: '2026-01-13T18:22:10Z',
  steps: [
    { at: '-77d', apply: ['10-guard.yaml', '20-newsroom.yaml'] },
    {
      at: '-5h41m',
      manager: 'helm',
      delete: [
        { apiVersion: 'v1', kind: 'Service', namespace: 'cost-guard', name: 'guard-webhook' },
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'cost-guard', name: 'guard-webhook' },
      ],
    },
    { at: '-46m', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'newsroom', name: 'breaking-0' }] },
  ],
  behaviours: [
    { pods: { namespace: 'cost-guard' }, admits: () => null },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'newsroom', statefulset: 'breaking', startsAt: '-30m' }),
}
