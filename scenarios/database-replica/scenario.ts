import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setEnv } from '../../control-plane/patches.ts'
import { errorRate } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const app = { kind: 'Deployment', namespace: 'booking-core', name: 'reservations' } as const
const URL = 'jdbc:postgresql://cluster-ro:5432/reservations'

export const scenario: Scenario = {
  title: 'a service that writes is pointed at the read-only replica of its database; it stays ready and fails every booking',
  now: '2026-11-12T19:08:40Z',
  steps: [
    { at: '-28d3h', apply: ['10-booking.yaml'] },
    { at: '-41m7s', manager: 'kubectl-set', patch: [setEnv(app, 'app', 'DATABASE_URL', URL)] },
  ],
  behaviours: [
    {
      pods: { labels: { app: 'reservations' }, where: (pod) => envOf(pod, 'DATABASE_URL') === URL },
      logs: [
        { after: 3, text: '{time} INFO  [io.quarkus] (main) reservations 6.6.0 on JVM started in 2.911s. Listening on: http://0.0.0.0:8080' },
        {
          after: 20,
          every: 15,
          text: `{time} ERROR [io.qu.ve.ht.ru.QuarkusErrorHandler] (executor-thread-{n}) HTTP Request to /reservations failed, error id: {id}-1: org.hibernate.exception.GenericJDBCException: could not execute statement [ERROR: cannot execute INSERT in a read-only transaction] [insert into reservation (room,guest,id) values (?,?,?)]
	at org.hibernate.exception.internal.StandardSQLExceptionConverter.convert(StandardSQLExceptionConverter.java:63)
Caused by: org.postgresql.util.PSQLException: ERROR: cannot execute INSERT in a read-only transaction`,
        },
      ],
    },
    { pods: { labels: { app: 'reservations' } }, logs: [{ after: 3, text: '{time} INFO  [io.quarkus] (main) reservations 6.6.0 on JVM started in 2.911s. Listening on: http://0.0.0.0:8080' }] },
  ],
  alert: errorRate({ namespace: 'booking-core', service: 'reservations', percent: 61, startsAt: '-36m' }),
}
