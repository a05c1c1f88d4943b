import type { Scenario } from '../../control-plane/scenario.ts'
import { errorRate } from '../shared/alerts.ts'

const scale = (replicas: number) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'two-tier', name: 'api', patch: { spec: { replicas } } })

export const scenario: Scenario = {
  title: 'a Secret is made anew with a key spelt otherwise; the api that wants the old key is restarted by scaling; its frontend is alerted on',
  now: '2026-06-16T13:02:49Z',
  steps: [
    { at: '-26d3h12m8s', apply: ['10-app.yaml'] },
    { at: '-44m31s', patch: [scale(0)], manager: 'kubectl-scale' },
    { at: '-44m2s', delete: [{ apiVersion: 'v1', kind: 'Secret', namespace: 'two-tier', name: 'mysql-access' }] },
    { at: '-43m50s', apply: ['20-secret.yaml'] },
    { at: '-43m22s', patch: [scale(1)], manager: 'kubectl-scale' },
  ],
  behaviours: [
    {
      pods: { labels: { app: 'frontend' } },
      since: '-44m25s',
      logs: [{ after: 2, every: 14, text: '{time} [ERROR] http: error calling upstream: http://api:8080: Get "http://api:8080/": dial tcp 10.96.140.3:8080: connect: connection refused' }],
    },
    { pods: { labels: { app: 'mysql' } }, logs: [{ after: 6, text: "{time} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.4.6'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306" }] },
    { pods: { labels: { app: 'api' } }, logs: [{ after: 1, text: '{time} [INFO] listening address=0.0.0.0:8080' }] },
  ],
  alert: errorRate({ namespace: 'two-tier', service: 'frontend', percent: 100, startsAt: '-38m' }),
}
