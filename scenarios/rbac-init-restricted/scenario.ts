import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an init container lists pods with an account that may do nothing',
  now: '2026-08-12T06:36:49Z',
  steps: [
    { at: '-9d', apply: ['10-tiers.yaml'] },
    {
      at: '-48m',
      manager: 'kubectl-patch',
      apply: ['20-account.yaml'],
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'two-tier',
          name: 'backend-blue',
          patch: { spec: { template: { spec: { serviceAccountName: 'limited', initContainers: [{ name: 'wait-peers', image: 'docker.io/bitnami/kubectl:1.36', command: ['sh', '-c', 'kubectl get pods'] }] } } } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'two-tier', name: 'backend-blue' },
      container: 'wait-peers',
      exits: { code: 1, after: 2 },
      logs: [{ after: 1, text: 'Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:two-tier:limited" cannot list resource "pods" in API group "" in the namespace "two-tier"' }],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'two-tier', deployment: 'backend-blue', startsAt: '-22m' }),
}
