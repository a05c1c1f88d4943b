import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setEnv } from '../../control-plane/patches.ts'
import { errorRate } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the password of a database is changed and its client not told; the portal, one hop further, is alerted on',
  now: '2026-07-14T11:31:00Z',
  steps: [
    { at: '-64d3h', apply: ['10-helpdesk.yaml'] },
    { at: '-52m', manager: 'kubectl-set', patch: [setEnv({ kind: 'Deployment', namespace: 'helpdesk', name: 'mysql' }, 'mysql', 'MYSQL_PASSWORD', 'example-two')] },
  ],
  behaviours: [
    { pods: { labels: { app: 'mysql' } }, logs: [{ after: 8, text: "{time} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.0.43'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL." }] },
    {
      pods: { labels: { app: 'mysql' }, where: (pod) => envOf(pod, 'MYSQL_PASSWORD') === 'example-two' },
      logs: [{ after: 14, every: 6, text: "{time} {n} [Note] [MY-010926] [Server] Access denied for user 'tickets'@'10.244.2.7' (using password: YES)" }],
    },
    {
      pods: { labels: { app: 'tickets' } },
      since: '-51m50s',
      probes: { readiness: { status: 500 } },
      logs: [{ after: 2, every: 6, text: "{time} ERROR db: Error 1045 (28000): Access denied for user 'tickets'@'10.244.2.7' (using password: YES)" }],
    },
    { pods: { labels: { app: 'portal' } }, since: '-51m30s', logs: [{ after: 2, every: 11, text: '{time} ERROR upstream http://tickets:8080/v1/mine: dial tcp 10.96.9.31:8080: connect: connection refused' }] },
  ],
  alert: errorRate({ namespace: 'helpdesk', service: 'portal', percent: 92, startsAt: '-46m' }),
}
