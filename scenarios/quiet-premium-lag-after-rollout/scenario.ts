import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const consumer = (level: string, logger: string, text: string) =>
  `{time} ${level.padStart(5)} 1 --- [premium-ledger] [ntainer#0-0-C-1] ${logger.padEnd(40)} : ${text}`
const GROUP = '[Consumer clientId=consumer-premium-ledger-1, groupId=premium-ledger]'

export const scenario: Scenario = {
  title: 'nothing is broken: the consumers caught up after their roll-out',
  now: '2026-03-18T12:20:44Z',
  steps: [
    { at: '-40d', apply: ['shared/watchers.yaml', '10-premiums.yaml'], manager: 'argocd-controller' },
    { at: '-19m', apply: ['20-ledger.yaml'], manager: 'argocd-controller' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'premiums', labels: { app: 'premium-ledger' }, where: (pod) => pod.spec.containers[0].image.endsWith('5.21.0') },
      logs: [
        {
          after: 14,
          text: `{time}  INFO 1 --- [premium-ledger] [           main] d.n.premiums.ledger.LedgerApplication    : Started LedgerApplication in 13.2{ms} seconds (process running for 14.0)`,
        },
        { after: 15, text: consumer('INFO', 'o.a.k.c.c.internals.ConsumerCoordinator', `${GROUP} (Re-)joining group`) },
        {
          after: 18,
          text: consumer(
            'INFO',
            'o.a.k.c.c.internals.ConsumerCoordinator',
            `${GROUP} Request joining group due to: group is already rebalancing`,
          ),
        },
        {
          after: 24,
          text: consumer(
            'INFO',
            'o.a.k.c.c.internals.ConsumerCoordinator',
            `${GROUP} Successfully joined group with generation Generation{generationId=4{ms}, memberId='consumer-premium-ledger-1-{id}', protocol='range'}`,
          ),
        },
      ],
    },
    {
      pods: { namespace: 'premiums', labels: { app: 'premium-ledger' }, where: (pod) => pod.spec.containers[0].image.endsWith('5.21.0') },
      until: '-10m30s',
      logs: [
        {
          after: 60,
          every: 60,
          text: consumer('INFO', 'd.n.premiums.ledger.PolicyEventListener', 'booked 18{ms} events in the last minute, lag 2{ms}4'),
        },
      ],
    },
    {
      pods: { namespace: 'premiums', labels: { app: 'premium-ledger' }, where: (pod) => pod.spec.containers[0].image.endsWith('5.21.0') },
      since: '-10m30s',
      logs: [
        {
          after: 1,
          every: 60,
          text: consumer('INFO', 'd.n.premiums.ledger.PolicyEventListener', 'booked 1{ms} events in the last minute, lag 0'),
        },
      ],
    },
    {
      pods: { namespace: 'premiums', labels: { app: 'premium-ledger' }, where: (pod) => pod.spec.containers[0].image.endsWith('5.21.0') },
      until: '-18m46s',
      probes: { startup: { refused: true } },
    },
    {
      pods: { namespace: 'premiums', labels: { app: 'redpanda' } },
      logs: [
        {
          after: 30,
          every: 900,
          text: 'INFO  {pg} [shard 0:main] storage - disk_log_impl.cc:1286 - Removing "/var/lib/redpanda/data/kafka/policy.events/{n}_25/{ms}00-1-v1.log" (remove_prefix_full_segment)',
        },
      ],
    },
    {
      pods: { namespace: 'premiums', labels: { app: 'policy-events' } },
      logs: [{ after: 10, every: 60, text: '{"ts":"{time}","level":"info","msg":"flushed","topic":"policy.events","records":1{ms}}' }],
    },
    {
      pods: { namespace: 'premiums', labels: { app: 'policy-events' } },
      since: '-19m',
      logs: [
        { after: 4, text: '{"ts":"{time}","level":"info","msg":"tariff change import started","policies":21400}' },
        { after: 402, text: '{"ts":"{time}","level":"info","msg":"tariff change import finished","policies":21400,"failed":0}' },
      ],
    },
  ],
  alert: ownRule('KafkaConsumerGroupLag', {
    startsAt: '-13m',
    labels: { namespace: 'premiums', consumergroup: 'premium-ledger', topic: 'policy.events', severity: 'warning' },
    summary: 'A consumer group lags.',
    description: 'Group premium-ledger was 6 204 messages behind on policy.events for 5 minutes.',
    expr: 'sum by (namespace, consumergroup, topic) (kafka_consumergroup_lag) > 5000',
  }),
}
