import { errorRate } from '../../scenarios/shared/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'docker.io/library/postgres:17.6'

export const scenario: Scenario = {
  title: 'a bot bumps the database from 16 to 17; its files are of 16, and the site two hops further is alerted on',
  now: '2026-10-13T01:34:48Z',
  steps: [
    { at: '-77d', manager: 'kustomize-controller', apply: ['10-donations.yaml'] },
    { at: '-31m', manager: 'kustomize-controller', patch: [setImage({ kind: 'StatefulSet', namespace: 'donations', name: 'pg' }, 'postgres', NEW)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'donations', where: (pod) => pod.spec.containers[0].image === NEW },
      exits: { code: 1, after: 0.6 },
      logs: [
        {
          after: 0.4,
          text: '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n{time} [1] FATAL:  database files are incompatible with server\n{time} [1] DETAIL:  The data directory was initialized by PostgreSQL version 16, which is not compatible with this version 17.6 (Debian 17.6-1.pgdg13+1).',
        },
      ],
    },
    { pods: { namespace: 'donations', labels: { app: 'pg' }, where: (pod) => pod.spec.containers[0].image !== NEW }, logs: [{ after: 2, text: '{time} [1] LOG:  database system is ready to accept connections' }] },
    {
      pods: { namespace: 'donations', labels: { app: 'donation-api' } },
      since: '-30m50s',
      probes: { readiness: { status: 503 } },
      logs: [
        {
          after: 3,
          every: 12,
          text: '{time}  WARN 1 --- [donation-api] [nio-8080-exec-4] o.h.engine.jdbc.spi.SqlExceptionHelper   : SQL Error: 0, SQLState: 08001\n{time} ERROR 1 --- [donation-api] [nio-8080-exec-4] o.h.engine.jdbc.spi.SqlExceptionHelper   : HikariPool-1 - Connection is not available, request timed out after 30001ms (total=0, active=0, idle=0, waiting=7)\n{time} ERROR 1 --- [donation-api] [nio-8080-exec-4] o.h.engine.jdbc.spi.SqlExceptionHelper   : Connection to pg:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.',
        },
      ],
    },
    {
      pods: { namespace: 'donations', labels: { app: 'site' } },
      since: '-30m',
      logs: [{ after: 2, every: 9, text: '{date} [error] 29#29: *{n} connect() failed (111: Connection refused) while connecting to upstream, client: 10.244.0.4, server: _, request: "POST /api/pledges HTTP/1.1", upstream: "http://10.96.50.12:8080/api/pledges", host: "give.charity.example"' }],
    },
  ],
  alert: errorRate({ namespace: 'donations', service: 'site', percent: 71, startsAt: '-24m' }),
}
