import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a new NetworkPolicy lets only the role reporting reach the database; orders, which writes into it, times out',
  now: '2026-06-09T15:03:21Z',
  steps: [
    { at: '-60d', apply: ['10-orders.yaml'] },
    { at: '-55m', apply: ['20-policy.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'orders', labels: { app: 'orders-api' } },
      since: '-55m',
      probes: { readiness: { status: 503 } },
      logs: [
        {
          after: 2,
          every: 30,
          text: '{time}  WARN 1 --- [orders] [nio-8080-exec-4] com.zaxxer.hikari.pool.PoolBase : HikariPool-1 - org.postgresql.util.PSQLException: The connection attempt failed. Caused by: java.net.SocketTimeoutException: Connect timed out (orders-db:5432)',
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'orders', deployment: 'orders-api', startsAt: '-38m' }),
}
