import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

const eks = { kubeletVersion: 'v1.36.2-eks-3025e55', labels: { 'eks.amazonaws.com/nodegroup': 'general', 'node.kubernetes.io/instance-type': 'm6i.xlarge' } }

export const scenario: Scenario = {
  title: 'nothing is wrong: a scale-out waited for a node and got it',
  now: '2026-11-20T12:59:30Z',
  nodes: [
    { name: 'ip-10-2-41-7.ec2.internal', ip: '10.2.41.7', zone: 'us-east-1a', ...eks },
    { name: 'ip-10-2-58-122.ec2.internal', ip: '10.2.58.122', zone: 'us-east-1b', ...eks },
    { name: 'ip-10-2-77-19.ec2.internal', ip: '10.2.77.19', zone: 'us-east-1c', joined: '-7m20s', ...eks },
  ],
  steps: [
    { at: '-92d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-33d', manager: 'helm', apply: ['10-checkout.yaml'] },
    { at: '-11m', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'checkout', name: 'checkout-web', patch: { spec: { replicas: 8 } } }] },
    { at: '-7m20s', wait: 6000 },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'checkout' }, logs: [{ after: 4, text: '{time} INFO  listening on :8080' }, { after: 6, every: 23, text: '{time} INFO  POST /checkout 200 {ms}ms' }] },
    {
      pods: { namespace: 'kube-system', labels: { app: 'cluster-autoscaler' } },
      logs: [{ after: 30, every: 10, text: 'I{klog}       1 static_autoscaler.go:274] Starting main loop' }],
    },
    {
      pods: { namespace: 'kube-system', labels: { app: 'cluster-autoscaler' } },
      since: '-10m51s',
      until: '-10m',
      logs: [
        { after: 0.2, text: 'I{klog}       1 klogx.go:87] 2 pods marked as unschedulable' },
        { after: 0.6, text: 'I{klog}       1 orchestrator.go:185] Best option to resize: eks-general-3ec9a1f2\nI{klog}       1 orchestrator.go:246] Final scale-up plan: [{eks-general-3ec9a1f2 2->3 (max: 8)}]' },
      ],
    },
  ],
  alert: rule(
    'PodsUnschedulable',
    '-8m',
    { namespace: 'checkout', team: 'platform' },
    'Pods find no node.',
    '2 pods in namespace checkout have been unschedulable for more than 2 minutes.',
    'sum by (namespace) (kube_pod_status_unschedulable) > 0',
  ),
}
