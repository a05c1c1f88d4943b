import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a worker’s limit is edited from 1500Mi to 15000Mi: more than the whole namespace may have',
  now: '2026-01-28T14:30:12Z',
  steps: [
    { at: '-57d', apply: ['10-invoicing.yaml'] },
    { at: '-33m', manager: 'kubectl-edit', patch: [setContainer({ kind: 'Deployment', namespace: 'invoicing', name: 'pdf-worker' }, 'worker', { resources: { limits: { memory: '15000Mi' } } })] },
  ],
  behaviours: [
    { pods: { namespace: 'invoicing', name: 'pdf-worker' }, logs: [{ after: 2, every: 21, text: '[{time}: INFO/ForkPoolWorker-1] Task invoices.render[{id}] succeeded in 0.{ms}s: None' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'invoicing', deployment: 'pdf-worker', startsAt: '-17m' }),
}
