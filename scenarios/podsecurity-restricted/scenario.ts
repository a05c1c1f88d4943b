import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a namespace was made restricted; the next scaling of an old workload brings no pod',
  now: '2026-05-05T15:40:02Z',
  steps: [
    { at: '-88d', apply: ['10-pharmacy.yaml'] },
    { at: '-1d3h', manager: 'platform-operator', patch: [{ apiVersion: 'v1', kind: 'Namespace', name: 'pharmacy', patch: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } } }] },
    { at: '-42m', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pharmacy', name: 'label-printer', patch: { spec: { replicas: 4 } } }] },
  ],
  behaviours: [
    { pods: { namespace: 'pharmacy', name: 'label-printer' }, logs: [{ after: 1, every: 55, text: '[{date}] production.INFO: label printed {"order":"{id}","ms":{ms}}' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'pharmacy', deployment: 'label-printer', startsAt: '-26m' }),
}
