import { errorRate } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a message broker is killed for lack of memory when its queues grow; the service that needs it is not ready; the web shop before that is alerted on',
  now: '2026-11-01T05:45:00Z',
  steps: [{ at: '-55d', apply: ['10-bakery.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'rabbit' } },
      since: '-47m',
      exits: { code: 137, after: 40, oom: true },
      logs: [
        { after: 12, text: '{time} [info] <0.230.0>  Server startup complete; 4 plugins started.' },
        { after: 30, text: '{time} [warning] <0.340.0> memory resource limit alarm set on node rabbit@rabbit-0.' },
      ],
    },
    {
      pods: { labels: { app: 'orders' } },
      since: '-46m10s',
      probes: { readiness: { status: 503 } },
      logs: [
        { after: 2, every: 11, text: '{time}  WARN 1 --- [ool-1] o.s.a.r.l.SimpleMessageListenerContainer : Consumer raised exception, processing can restart if the connection factory supports it. Exception summary: org.springframework.amqp.AmqpConnectException: java.net.ConnectException: Connection refused' },
      ],
    },
    { pods: { labels: { app: 'orders' } }, until: '-46m10s', logs: [{ after: 2, every: 20, text: '{time}  INFO 1 --- [exec-3] c.b.o.Orders : order {id} accepted' }] },
    { pods: { labels: { app: 'web' } }, since: '-46m', logs: [{ after: 2, every: 6, text: '{time} ERROR POST /cart/checkout 502: upstream http://orders:8080/orders: connect: connection refused' }] },
  ],
  alert: errorRate({ namespace: 'bakery', service: 'web', percent: 37, startsAt: '-40m' }),
}
