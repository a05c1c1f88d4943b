import { ownRule } from '../../control-plane/controller-alerts.ts'
import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a roll-out of one service takes all the connections of a database that another needs',
  now: '2026-09-30T08:20:09Z',
  steps: [
    { at: '-80d', apply: ['shared/monitoring.yaml', '10-core.yaml'], manager: 'argocd-controller' },
    {
      at: '-44m',
      manager: 'argocd-controller',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'core-banking', name: 'postings' }, 'postings', {
          image: 'registry.fjordbank.example/ledger/postings:7.31.0',
          env: [
            { name: 'DB_POOL_MAX', value: '80' },
            { name: 'WORKERS', value: '64' },
          ],
        }),
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'core-banking', labels: { app: 'postings' }, where: (pod) => envOf(pod, 'DB_POOL_MAX') === '80' },
      logs: [
        { after: 1, text: '{"time":"{time}","level":"INFO","msg":"starting postings","version":"7.31.0","workers":64}' },
        { after: 1.6, text: '{"time":"{time}","level":"INFO","msg":"database pool ready","host":"accounts-pg:5432","maxConns":80,"minConns":40}' },
        { after: 420, every: 47, text: '{"time":"{time}","level":"WARN","msg":"could not grow the pool","err":"failed to connect to `user=postings database=accounts`: 10.96.150.33:5432 (accounts-pg): server error: FATAL: sorry, too many clients already (SQLSTATE 53300)"}' },
        { after: 5, every: 9, text: '{"time":"{time}","level":"INFO","msg":"posting booked","batch":"{id}","entries":{ms}}' },
      ],
    },
    {
      pods: { namespace: 'core-banking', labels: { app: 'postings' }, where: (pod) => envOf(pod, 'DB_POOL_MAX') === '20' },
      logs: [{ after: 1.6, text: '{"time":"{time}","level":"INFO","msg":"database pool ready","host":"accounts-pg:5432","maxConns":20,"minConns":10}' }],
    },
    {
      pods: { namespace: 'core-banking', labels: { app: 'accounts-pg' } },
      logs: [{ after: 300, every: 300, text: '{day} {clock} UTC [28] LOG:  checkpoint complete: wrote {ms}3 buffers (0.8%); 0 WAL file(s) added, 0 removed, 1 recycled' }],
    },
    {
      pods: { namespace: 'core-banking', labels: { app: 'accounts-pg' } },
      since: '-37m',
      logs: [{ after: 2, every: 6, text: '{day} {clock} UTC [{n}419] FATAL:  sorry, too many clients already' }],
    },
    {
      pods: { namespace: 'core-banking', labels: { app: 'statements' } },
      until: '-36m',
      logs: [{ after: 40, every: 25, text: '{time}  INFO 1 --- [statements] [nio-8080-exec-4] c.f.documents.StatementController        : rendered statement {id} in {ms}ms' }],
    },
    {
      pods: { namespace: 'core-banking', labels: { app: 'statements' } },
      since: '-36m',
      probes: { readiness: { status: 503 } },
      logs: [
        { after: 3, every: 30, text: '{time}  WARN 1 --- [statements] [l-1 housekeeper] com.zaxxer.hikari.pool.HikariPool        : HikariPool-1 - Error thrown while acquiring connection from data source\n\norg.postgresql.util.PSQLException: FATAL: sorry, too many clients already\n\tat org.postgresql.core.v3.ConnectionFactoryImpl.doAuthentication(ConnectionFactoryImpl.java:711) ~[postgresql-42.7.7.jar!/:42.7.7]\n\tat org.postgresql.core.v3.ConnectionFactoryImpl.tryConnect(ConnectionFactoryImpl.java:213) ~[postgresql-42.7.7.jar!/:42.7.7]' },
        { after: 14, every: 30, text: '{time} ERROR 1 --- [statements] [nio-8080-exec-7] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service() for servlet [dispatcherServlet] threw exception\n\njava.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30001ms (total=0, active=0, idle=0, waiting=9)' },
      ],
    },
  ],
  alert: ownRule('StatementsUnavailable', {
    startsAt: '-31m',
    labels: { namespace: 'core-banking', service: 'statements', team: 'documents', severity: 'critical' },
    summary: 'Customers cannot fetch their statements.',
    description: 'The share of good requests to core-banking/statements is 0.4% over 5 minutes.',
    expr: 'job:statements_good_requests:ratio_rate5m < 0.97',
  }),
}
