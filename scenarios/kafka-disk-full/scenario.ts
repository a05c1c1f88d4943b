import { setEnv } from '../../control-plane/patches.ts'
import { crashLooping } from '../../scenarios/shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const io = `java.io.IOException: No space left on device
	at java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)
	at java.base/sun.nio.ch.FileDispatcherImpl.write(FileDispatcherImpl.java:62)
	at java.base/sun.nio.ch.IOUtil.writeFromNativeBuffer(IOUtil.java:132)
	at java.base/sun.nio.ch.IOUtil.write(IOUtil.java:97)`
const dead = `[{log4j}] WARN [ReplicaManager broker=1] Stopping serving replicas in dir /var/lib/kafka/data (kafka.server.ReplicaManager)
[{log4j}] WARN Stopping serving logs in dir /var/lib/kafka/data (kafka.log.LogManager)
[{log4j}] ERROR Shutdown broker because all log dirs in /var/lib/kafka/data have failed (kafka.log.LogManager)`

export const scenario: Scenario = {
  title: 'a broker’s volume is full after the retention was raised',
  now: '2026-08-19T04:36:12Z',
  steps: [
    { at: '-66d', apply: ['shared/monitoring.yaml', '10-streaming.yaml'] },
    { at: '-6d13h', manager: 'kubectl-edit', patch: [setEnv({ kind: 'StatefulSet', namespace: 'streaming', name: 'kafka' }, 'kafka', 'KAFKA_LOG_RETENTION_HOURS', '336')] },
    { at: '-53m' },
  ],
  behaviours: [
    {
      // It was serving when the disk filled up; since then it dies while it loads its logs.
      pods: { namespace: 'streaming', name: 'kafka-1' },
      since: '-53m',
      exits: { code: 1, after: 14 },
      listens: [],
      logs: [
        { after: 3, text: '[{log4j}] INFO Starting controller (kafka.server.ControllerServer)' },
        { after: 5, text: '[{log4j}] INFO Loading logs from log dirs ArrayBuffer(/var/lib/kafka/data) (kafka.log.LogManager)\n[{log4j}] INFO Recovering 214 logs from /var/lib/kafka/data since no clean shutdown file was found (kafka.log.LogManager)' },
        { after: 12, text: `[{log4j}] ERROR Error while writing to checkpoint file /var/lib/kafka/data/clickstream.events-11/leader-epoch-checkpoint (org.apache.kafka.storage.internals.log.LogDirFailureChannel)\n${io}` },
        { after: 13, text: dead },
      ],
    },
    {
      pods: { namespace: 'streaming', labels: { app: 'kafka' } },
      logs: [
        { after: 11, text: '[{log4j}] INFO [KafkaRaftServer nodeId=0] Kafka Server started (kafka.server.KafkaRaftServer)' },
        { after: 300, every: 900, text: '[{log4j}] INFO [ProducerStateManager partition=clickstream.events-4] Wrote producer snapshot at offset {n}188213 with 0 producer ids in 2 ms. (org.apache.kafka.storage.internals.log.ProducerStateManager)' },
      ],
    },
    {
      pods: { namespace: 'streaming', labels: { app: 'clickstream-sink' } },
      since: '-53m',
      logs: [{ after: 5, every: 31, text: '{time} INFO [kafka-consumer] o.a.k.c.NetworkClient [Consumer clientId=clickstream-sink-1, groupId=clickstream-sink] Node 1 disconnected.' }],
    },
    { pods: { namespace: 'streaming', labels: { app: 'clickstream-sink' } }, logs: [{ after: 20, every: 60, text: '{time} INFO [main] c.d.sink.Flusher flushed {ms}412 events to s3 in {ms}ms' }] },
  ],
  alert: crashLooping('streaming', 'kafka-1', 'kafka', '-34m'),
}
