import { throttled } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'healthy: the usual noise of a Kafka client: no node at first, a rebalance, an exception that was caught, then work',
  now: '2026-04-21T11:11:11Z',
  steps: [{ at: '-2h20m', apply: ['10-kafka.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'enricher' } },
      logs: [
        { after: 2, text: '{time} INFO  [or.ap.ka.co.ut.AppInfoParser] (main) Kafka version: 4.1.0' },
        { after: 3, text: '{time} WARN  [or.ap.ka.cl.NetworkClient] (kafka-consumer-thread) [Consumer clientId=enricher-1, groupId=enricher] Connection to node -1 (kafka/10.96.40.7:9092) could not be established. Node may not be available.' },
        { after: 4, text: '{time} WARN  [or.ap.ka.cl.NetworkClient] (kafka-consumer-thread) [Consumer clientId=enricher-1, groupId=enricher] Bootstrap broker kafka:9092 (id: -1 rack: null) disconnected' },
        { after: 9, text: '{time} INFO  [or.ap.ka.cl.co.in.ConsumerCoordinator] (kafka-consumer-thread) [Consumer clientId=enricher-1, groupId=enricher] Successfully joined group with generation 7' },
        {
          after: 60,
          text: `{time} ERROR [com.bus.enr.Enricher] (kafka-consumer-thread) event 41ab could not be enriched, sent to the dead-letter topic: com.fasterxml.jackson.core.JsonParseException: Unexpected character ('<' (code 60))
	at com.fasterxml.jackson.core.JsonParser._constructError(JsonParser.java:2477)
	at com.bus.enr.Enricher.parse(Enricher.java:71)`,
        },
        { after: 70, every: 30, text: '{time} INFO  [com.bus.enr.Enricher] (kafka-consumer-thread) enriched 500 events, lag 0' },
      ],
    },
    { pods: { labels: { app: 'kafka' } }, logs: [{ after: 8, text: '[{date},101] INFO [KafkaRaftServer nodeId=1] Kafka Server started (kafka.server.KafkaRaftServer)' }] },
  ],
  alert: throttled('event-bus', 'enricher-', 'enricher', 38.5, '-20m'),
}
