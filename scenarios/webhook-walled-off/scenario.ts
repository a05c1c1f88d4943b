import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a default-deny policy in the injector’s namespace makes every pod creation time out',
  now: '2026-09-02T12:07:54Z',
  steps: [
    { at: '-39d', apply: ['10-injector.yaml', '20-ads.yaml'] },
    { at: '-1h31m', manager: 'terraform', apply: ['30-deny.yaml'] },
    { at: '-44m', manager: 'kubectl-scale', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ads', name: 'bidder', patch: { spec: { replicas: 4 } } }] },
  ],
  behaviours: [
    { pods: { namespace: 'sidecar-system' }, since: '-1h31m', admits: 'hangs' },
    { pods: { namespace: 'sidecar-system' }, admits: () => null, logs: [{ after: 1, text: '{time}\tinfo\twebhook\tlistening on :9443, injection template v14' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'ads', deployment: 'bidder', startsAt: '-28m' }),
}
