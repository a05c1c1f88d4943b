import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'Kafka is scaled to 5 brokers; the quota on CPU limits lets a fourth in and not the fifth',
  now: '2026-03-02T09:47:12Z',
  steps: [
    { at: '-71d2h', apply: ['10-streaming.yaml'] },
    { at: '-1h12m', patch: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'streaming', name: 'kafka', patch: { spec: { replicas: 5 } } }] },
  ],
  behaviours: [
    {
      pods: { namespace: 'streaming', name: 'kafka' },
      logs: [
        { after: 6, text: '[{date},117] INFO [KafkaRaftServer nodeId=1] Kafka Server started (kafka.server.KafkaRaftServer)' },
        { after: 60, every: 300, text: '[{date},402] INFO [GroupCoordinator id=1] Stabilized group billing-export generation {n}' },
      ],
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'streaming', statefulset: 'kafka', startsAt: '-57m' }),
}
