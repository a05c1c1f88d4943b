import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a request of 1Gi without a limit meets a default limit of 512Mi',
  now: '2026-04-08T08:33:07Z',
  steps: [
    { at: '-31d', apply: ['10-risk.yaml'] },
    { at: '-1h20m', manager: 'kubectl-edit', patch: [setContainer({ kind: 'Deployment', namespace: 'risk', name: 'var-engine' }, 'engine', { resources: { requests: { memory: '1Gi' } } })] },
  ],
  behaviours: [
    { pods: { namespace: 'risk', name: 'var-engine' }, logs: [{ after: 3, every: 60, text: 'info: Risk.Var.Worker[0]\n      Portfolio {n} valued in {ms} ms' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'risk', deployment: 'var-engine', startsAt: '-54m' }),
}
