import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'two versions of a backend want one host port on every node',
  now: '2026-10-11T11:11:00Z',
  nodes: [
    { name: 'kind-worker', ip: '172.18.0.3' },
    { name: 'kind-worker2', ip: '172.18.0.4' },
  ],
  steps: [
    { at: '-23d', apply: ['10-tiers.yaml'] },
    {
      at: '-44m',
      manager: 'kubectl-patch',
      patch: [setContainer({ kind: 'Deployment', namespace: 'two-tier', name: 'backend-green' }, 'backend', { ports: [{ containerPort: 8080, hostPort: 28080 }] })],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'two-tier', deployment: 'backend-green', startsAt: '-18m' }),
}
