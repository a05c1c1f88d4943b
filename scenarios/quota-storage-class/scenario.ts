import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a third shard of the meter readings needs 40Gi of a class of which the quota has 20Gi left',
  now: '2026-02-17T06:20:05Z',
  nodes: [
    { name: 'edge-a', ip: '172.31.4.10' },
    { name: 'edge-b', ip: '172.31.4.11' },
    { name: 'edge-c', ip: '172.31.4.12' },
  ],
  steps: [
    { at: '-12d9h', apply: ['10-metering.yaml'] },
    { at: '-38m', manager: 'terraform', patch: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'grid-metering', name: 'readings', patch: { spec: { replicas: 3 } } }] },
  ],
  behaviours: [
    { pods: { namespace: 'grid-metering', name: 'readings' }, logs: [{ after: 2, text: '{time} UTC [1] LOG:  database system is ready to accept connections' }] },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'grid-metering', statefulset: 'readings', startsAt: '-22m' }),
}
