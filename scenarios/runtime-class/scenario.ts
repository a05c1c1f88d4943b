import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a workload asks for a runtime class whose handler no node has',
  now: '2026-11-20T13:37:00Z',
  steps: [
    { at: '-9d3h12m8s', apply: ['10-exec.yaml'] },
    {
      at: '-1h2m',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'sandboxed',
          name: 'code-exec',
          patch: { spec: { template: { spec: { runtimeClassName: 'gvisor' } } } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'sandboxed', where: (pod) => pod.spec.runtimeClassName === 'gvisor' },
      sandbox: 'rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "runsc" is configured',
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'sandboxed', deployment: 'code-exec', startsAt: '-36m' }),
}
