import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'nodes stay cordoned after maintenance, and what is left is full',
  now: '2026-04-12T05:44:08Z',
  nodes: [
    { name: 'rack2-n1', ip: '192.168.20.1' },
    { name: 'rack2-n2', ip: '192.168.20.2' },
    { name: 'rack2-n3', ip: '192.168.20.3' },
  ],
  steps: [
    { at: '-64d', apply: ['10-warehouse.yaml'] },
    {
      at: '-2d4h',
      manager: 'kubectl-cordon',
      patch: [
        { apiVersion: 'v1', kind: 'Node', name: 'rack2-n1', patch: { spec: { unschedulable: true } } },
        { apiVersion: 'v1', kind: 'Node', name: 'rack2-n2', patch: { spec: { unschedulable: true } } },
      ],
    },
    { at: '-39m', manager: 'kube-controller-manager', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'warehouse', name: 'picker', patch: { spec: { replicas: 6 } } }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'warehouse', deployment: 'picker', startsAt: '-23m' }),
}
