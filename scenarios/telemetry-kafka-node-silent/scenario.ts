import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Behaviour } from '../../control-plane/kubelet/behaviours.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const DOWN = '-31m20s'

const broker = (id: number): Behaviour[] => [
  {
    pods: { namespace: 'telemetry', name: `kafka-${id}` },
    logs: [
      { after: 7, text: `[{log4j}] INFO [KafkaRaftServer nodeId=${id}] Kafka Server started (kafka.server.KafkaRaftServer)` },
      {
        after: 600,
        every: 600,
        text: `[{log4j}] INFO [ProducerStateManager partition=gauges-{ms}] Wrote producer snapshot at offset 88{ms}{n} with 0 producer ids in 1 ms. (org.apache.kafka.storage.internals.log.ProducerStateManager)`,
      },
    ],
  },
  {
    pods: { namespace: 'telemetry', name: `kafka-${id}` },
    since: '-31m',
    logs: [
      {
        after: 4,
        every: 62,
        text: `[{log4j}] INFO [ReplicaFetcher replicaId=${id}, leaderId=2, fetcherId=0] Error sending fetch request (sessionId=1{ms}7, epoch={n}) to node 2: (org.apache.kafka.clients.FetchSessionHandler)\njava.net.SocketTimeoutException: Failed to connect within 30000 ms`,
      },
      {
        after: 29,
        text: `[{log4j}] INFO [Partition gauges-{ms} broker=${id}] Shrinking ISR from 0,1,2 to 0,1. Leader: (highWatermark: 88{ms}41, endOffset: 88{ms}52). Out of sync replicas: (brokerId: 2, endOffset: 88{ms}41, lastCaughtUpTimeMs: 1792206{ms}120). (kafka.cluster.Partition)`,
      },
    ],
  },
]

export const scenario: Scenario = {
  title: 'a node fell silent, and a Kafka broker with it',
  now: '2026-10-17T02:58:31Z',
  nodes: [
    { name: 'iot-w1', ip: '172.16.30.11' },
    { name: 'iot-w2', ip: '172.16.30.12' },
    { name: 'iot-w3', ip: '172.16.30.13', joined: '-57d20h', faults: [{ down: true, since: DOWN }] },
  ],
  nodeMonitorGracePeriod: '25s',
  steps: [
    { at: '-58d', apply: ['shared/watchers.yaml', '10-telemetry.yaml'], manager: 'flux' },
    {
      at: '-41d',
      manager: 'flux',
      patch: [
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'telemetry', name: 'gauge-ingest', patch: { spec: { replicas: 4 } } },
      ],
    },
    { at: '-30m30s', wait: 60000 },
    { at: '-2m', wait: 500 },
  ],
  behaviours: [
    ...platformAtWork,
    ...[0, 1].flatMap(broker),
    {
      pods: { namespace: 'telemetry', labels: { app: 'gauge-ingest' } },
      logs: [{ after: 4, every: 30, text: '{"level":"info","ts":"{time}","msg":"batch produced","records":4{ms},"acks":"all"}' }],
    },
    {
      pods: { namespace: 'telemetry', labels: { app: 'gauge-ingest' } },
      since: '-31m',
      until: '-29m',
      logs: [
        {
          after: 3,
          every: 12,
          text: '{"level":"warn","ts":"{time}","msg":"produce retried","error":"kafka: broker kafka-2.kafka-brokers:9092: i/o timeout"}',
        },
      ],
    },
    {
      pods: { namespace: 'telemetry', labels: { app: 'turbine-twin' } },
      logs: [{ after: 4, every: 60, text: '{log4j} twin.model INFO park=baltic2 turbines=80 stale=0' }],
    },
  ],
  alert: ownRule('KafkaUnderReplicatedPartitions', {
    startsAt: '-24m',
    labels: { namespace: 'telemetry', service: 'kafka-brokers', cluster_id: 'telemetry', severity: 'critical' },
    summary: 'Kafka has under-replicated partitions.',
    description: '41 partitions of cluster telemetry have had fewer in-sync replicas than replicas for more than 5 minutes.',
    expr: 'sum by (namespace, service) (kafka_server_replicamanager_underreplicatedpartitions) > 0',
  }),
}
