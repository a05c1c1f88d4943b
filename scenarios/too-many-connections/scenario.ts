import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setEnv } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the importer gets a pool of 40 connections a pod and takes all that the database has; order entry gets none',
  now: '2026-03-31T08:15:00Z',
  steps: [
    { at: '-90d3h', apply: ['10-erp.yaml'] },
    { at: '-37m', manager: 'kubectl-set', patch: [setEnv({ kind: 'Deployment', namespace: 'erp', name: 'importer' }, 'importer', 'DB_POOL_SIZE', '40')] },
  ],
  behaviours: [
    { pods: { labels: { app: 'erp-db' } }, since: '-36m30s', logs: [{ after: 1, every: 4, text: '{time} UTC [{n}] FATAL:  sorry, too many clients already' }] },
    { pods: { labels: { app: 'erp-db' } }, until: '-36m30s', logs: [{ after: 1, text: '{time} UTC [1] LOG:  database system is ready to accept connections' }] },
    {
      pods: { labels: { app: 'order-entry' } },
      since: '-36m20s',
      probes: { readiness: { status: 500 } },
      logs: [
        {
          after: 1,
          every: 9,
          text: `{time} [error] Internal Server Error: /healthz
Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/django/db/backends/base/base.py", line 275, in ensure_connection
    self.connect()
django.db.utils.OperationalError: connection to server at "erp-db" (10.96.14.88), port 5432 failed: FATAL:  sorry, too many clients already`,
        },
      ],
    },
    { pods: { labels: { app: 'importer' } }, logs: [{ after: 1, every: 30, text: '{time} imported batch {n}' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'erp', deployment: 'order-entry', startsAt: '-21m' }),
}
