import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a properties file mistypes the host of Kafka; the client says only that it has no usable address',
  now: '2026-01-31T21:05:00Z',
  steps: [{ at: '-40m', apply: ['10-clickstream.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'sessioniser' } },
      exits: { code: 1, after: 2 },
      logs: [
        {
          after: 1.5,
          text: `[{date},310] WARN Couldn't resolve server kafka-bootsrap:9092 from bootstrap.servers as DNS resolution failed for kafka-bootsrap (org.apache.kafka.clients.ClientUtils)
Exception in thread "main" org.apache.kafka.common.KafkaException: Failed to create new KafkaAdminClient
	at org.apache.kafka.clients.admin.KafkaAdminClient.createInternal(KafkaAdminClient.java:562)
	at clicks.Sessioniser.main(Sessioniser.java:38)
Caused by: org.apache.kafka.common.config.ConfigException: No resolvable bootstrap urls given in bootstrap.servers
	at org.apache.kafka.clients.ClientUtils.parseAndValidateAddresses(ClientUtils.java:89)`,
        },
      ],
    },
  ],
  alert: crashLooping('clickstream', 'sessioniser-', 'streams', '-24m'),
}
