import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a claim waits for a CSI driver that was scaled to zero',
  now: '2026-09-30T11:37:45Z',
  steps: [
    { at: '-37d', manager: 'helm', apply: ['10-csi.yaml'] },
    { at: '-6h', manager: 'kubectl', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'csi-block', name: 'csi-controller', patch: { spec: { replicas: 0 } } }] },
    { at: '-50m', apply: ['20-mongo.yaml'] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'catalogue', deployment: 'mongo', startsAt: '-34m' }),
}
