import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'parcels', name })
const peers = [2, 1, 0].map((n) => `'rabbit@rabbitmq-${n}.rabbitmq-nodes.parcels.svc.cluster.local'`).join(',')
const waits = Array.from({ length: 10 }, (_, n) => ({
  after: 6 + n * 30,
  text: `{time} [info] <0.254.0> Waiting for Mnesia tables for 30000 ms, ${9 - n} retries left`,
}))
const failures = Array.from({ length: 10 }, (_, n) => ({
  after: 35.9 + n * 30,
  text: `{time} [warning] <0.254.0> Error while waiting for Mnesia tables: {timeout_waiting_for_tables,[${peers}],[rabbit_user,rabbit_vhost,rabbit_durable_exchange,rabbit_durable_queue]}`,
}))

export const scenario: Scenario = {
  title: 'all three brokers are taken away at once; the first waits for its peers at boot, and its peers wait until it is ready',
  now: '2026-07-19T02:58:03Z',
  steps: [
    { at: '-83d', apply: ['10-parcels.yaml'] },
    { at: '-38m', manager: 'kubectl', delete: [pod('rabbitmq-0'), pod('rabbitmq-1'), pod('rabbitmq-2')] },
  ],
  behaviours: [
    {
      pods: { namespace: 'parcels', labels: { app: 'rabbitmq' } },
      since: '-37m55s',
      exits: { code: 1, after: 307 },
      probes: { readiness: { output: 'Error: this command requires the \'rabbit\' app to be running on the target node. Start it with \'rabbitmqctl start_app\'.' } },
      logs: [
        { after: 4, text: '{time} [info] <0.230.0>  Starting RabbitMQ 3.13.7 on Erlang 26.2.5.13 [jit]' },
        ...waits,
        ...failures,
        { after: 306.5, text: '{time} [error] <0.230.0> BOOT FAILED\n{time} [error] <0.230.0> ===========\n{time} [error] <0.230.0> Timeout contacting cluster nodes: [\'rabbit@rabbitmq-1.rabbitmq-nodes.parcels.svc.cluster.local\',\'rabbit@rabbitmq-2.rabbitmq-nodes.parcels.svc.cluster.local\'].' },
      ],
    },
    {
      pods: { namespace: 'parcels', labels: { app: 'labels-worker' } },
      since: '-37m50s',
      logs: [{ after: 3, every: 32, text: '[{date}: ERROR/MainProcess] consumer: Cannot connect to amqp://labels:**@rabbitmq:5672//: [Errno 111] Connection refused.\nTrying again in 32.00 seconds... (16/100)' }],
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'parcels', statefulset: 'rabbitmq', startsAt: '-22m' }),
}
