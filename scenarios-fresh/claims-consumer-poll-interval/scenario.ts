import { ownRule } from '../../control-plane/controller-alerts.ts'
import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setEnv } from '../../control-plane/patches.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const scoring = { namespace: 'claims', labels: { app: 'claim-scoring' } }
const greedy = (pod: KubeObject) => envOf(pod, 'SPRING_KAFKA_CONSUMER_MAX_POLL_RECORDS') === '2000'
const log = (level: string, thread: string, logger: string, text: string) => `{time} ${level.padStart(5)} 1 --- [claim-scoring] [${thread}] ${logger} : ${text}`
const WHO = '[Consumer clientId=consumer-claim-scoring-1, groupId=claim-scoring]'
const COORDINATOR = 'o.a.k.c.c.internals.ConsumerCoordinator    '

export const scenario: Scenario = {
  title: 'a consumer fetches more than it can work off between two polls',
  now: '2026-10-29T12:18:00Z',
  nodes: [
    { name: 'vs-k8s-11', ip: '10.61.9.11', cpu: '8', memory: '32779220Ki' },
    { name: 'vs-k8s-12', ip: '10.61.9.12', cpu: '8', memory: '32779220Ki' },
    { name: 'vs-k8s-13', ip: '10.61.9.13', cpu: '8', memory: '32779220Ki' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-37d', apply: ['10-claims.yaml'], manager: 'helm' },
    // "Larger batches are faster."
    { at: '-2h31m', manager: 'helm', patch: [setEnv({ kind: 'Deployment', namespace: 'claims', name: 'claim-scoring' }, 'scoring', 'SPRING_KAFKA_CONSUMER_MAX_POLL_RECORDS', '2000')] },
  ],
  behaviours: [
    ...around,
    {
      pods: scoring,
      logs: [
        { after: 3, text: log('INFO', '           main', 'd.v.claims.scoring.ScoringApplication      ', 'Starting ScoringApplication v5.9.0 using Java 21.0.8 with PID 1') },
        { after: 9, text: log('INFO', 'ntainer#0-0-C-1', COORDINATOR, `${WHO} Successfully joined group with generation Generation{generationId={port}, memberId='consumer-claim-scoring-1-{id}', protocol='cooperative-sticky'}`) },
        { after: 9.1, text: log('INFO', 'ntainer#0-0-C-1', 'o.s.k.l.KafkaMessageListenerContainer      ', 'claim-scoring: partitions assigned: [claims.submitted.v2-0, claims.submitted.v2-1]') },
      ],
    },
    { pods: { ...scoring, where: (pod) => !greedy(pod) }, logs: [{ after: 20, every: 22, text: log('INFO', 'ntainer#0-0-C-1', 'd.v.claims.scoring.ClaimListener           ', '50 claims scored in 151{ms} ms') }] },
    {
      pods: { ...scoring, where: greedy },
      logs: [
        { after: 30, every: 31, text: log('INFO', 'ntainer#0-0-C-1', 'd.v.claims.scoring.FraudModelClient        ', '100 scores received in 306{ms} ms') },
        {
          after: 312,
          every: 640,
          text: `${log('WARN', 'g | claim-scoring', COORDINATOR, `${WHO} consumer poll timeout has expired. This means the time between subsequent calls to poll() was longer than the configured max.poll.interval.ms, which typically implies that the poll loop is spending too much time processing messages. You can address this either by increasing max.poll.interval.ms or by reducing the maximum size of batches returned in poll() with max.poll.records.`)}\n${log('INFO', 'g | claim-scoring', COORDINATOR, `${WHO} Member consumer-claim-scoring-1-{id} sending LeaveGroup request to coordinator kafka-1.kafka.kafka.svc:9092 (id: 2147483646 rack: null) due to consumer poll timeout has expired.`)}`,
        },
        {
          after: 634,
          every: 640,
          text: `${log('ERROR', 'ntainer#0-0-C-1', 'o.s.k.l.KafkaMessageListenerContainer      ', 'Consumer exception')}\njava.lang.IllegalStateException: This error handler cannot process 'org.apache.kafka.clients.consumer.CommitFailedException's; no record information is available\nCaused by: org.apache.kafka.clients.consumer.CommitFailedException: Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group.\n	at org.apache.kafka.clients.consumer.internals.ConsumerCoordinator.sendOffsetCommitRequest(ConsumerCoordinator.java:1351)\n${log('INFO', 'ntainer#0-0-C-1', COORDINATOR, `${WHO} (Re-)joining group`)}`,
        },
      ],
    },
    { pods: { namespace: 'claims', labels: { app: 'fraud-model' } }, logs: [{ after: 2, text: '{time} INFO serving fraud-v22 on :8500' }, { after: 12, every: 30, text: '{time} INFO 100 predictions in 295{ms} ms' }] },
    { pods: { namespace: 'kafka', labels: { app: 'kafka' } }, logs: [{ after: 7, text: '[{log4j}] INFO [KafkaRaftServer nodeId=1] Kafka Server started (kafka.server.KafkaRaftServer)' }] },
    {
      pods: { namespace: 'kafka', name: 'kafka-1' },
      since: '-2h25m',
      logs: [{ after: 0, every: 210, text: "[{log4j}] INFO [GroupCoordinator id=1] Preparing to rebalance group claim-scoring in state PREPARING_REBALANCE with old generation {port} (reason: Removing member consumer-claim-scoring-1-{id} on LeaveGroup; client reason: consumer poll timeout has expired.). (org.apache.kafka.coordinator.group.GroupMetadataManager)" }],
    },
    { pods: { namespace: 'kafka', labels: { app: 'kafka-exporter' } }, logs: [{ after: 1, text: 'I{klog}       1 kafka_exporter.go:932] Listening on HTTP :9308' }] },
  ],
  alert: ownRule('KafkaConsumerGroupLag', {
    startsAt: '-1h44m',
    labels: { namespace: 'kafka', job: 'kafka-exporter', consumergroup: 'claim-scoring', topic: 'claims.submitted.v2', severity: 'critical', team: 'claims' },
    summary: 'A consumer group falls behind.',
    description: 'Group claim-scoring is 48210 messages behind on claims.submitted.v2, and falls further behind.',
    expr: 'sum by (namespace, job, consumergroup, topic) (kafka_consumergroup_lag) > 10000',
  }),
}
