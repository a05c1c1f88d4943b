import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'kube-scheduler ends over a mistyped flag, and new pods wait without a word',
  now: '2026-06-23T14:55:42Z',
  nodes: [
    { name: 'cp-1', ip: '10.50.0.2', labels: { 'node-role.kubernetes.io/control-plane': '' }, taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] },
    { name: 'n-1', ip: '10.50.0.11' },
    { name: 'n-2', ip: '10.50.0.12' },
  ],
  steps: [
    { at: '-70d', manager: 'kubelet', apply: ['05-scheduler.yaml', '10-tours.yaml'] },
    { at: '-1h40m', stop: 'kube-scheduler', manager: 'kubelet', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: 'kube-scheduler-cp-1' }] },
    { at: '-1h39m50s', manager: 'kubelet', apply: ['06-scheduler-edited.yaml'] },
    { at: '-51m', manager: 'kubectl', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'tours', name: 'availability', patch: { spec: { replicas: 4 } } }] },
  ],
  behaviours: [
    {
      pods: { namespace: 'kube-system', name: 'kube-scheduler', where: (pod) => pod.spec.containers[0].command.includes('--profilling=false') },
      exits: { code: 1, after: 1 },
      logs: [{ after: 0.5, text: 'Error: unknown flag: --profilling\nunknown flag: --profilling' }],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'tours', deployment: 'availability', startsAt: '-35m' }),
}
