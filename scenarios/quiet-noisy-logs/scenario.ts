import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a security scan and a consumer’s rebalance make many error lines; everything works',
  now: '2026-02-25T02:11:11Z',
  steps: [
    { at: '-64d', apply: ['../../../scenarios/shared/platform.yaml'] },
    { at: '-44d', apply: ['10-library.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'library', labels: { app: 'db' } },
      logs: [
        { after: 2, text: '{time} UTC [1] LOG:  database system is ready to accept connections' },
        { after: 300, every: 300, text: '{time} UTC [27] LOG:  checkpoint complete: wrote 114 buffers (0.7%); 0 WAL file(s) added, 0 removed, 1 recycled' },
      ],
    },
    {
      pods: { namespace: 'library', labels: { app: 'db' } },
      since: '-26m',
      until: '-11m',
      logs: [
        { after: 3, every: 14, text: '{time} UTC [41{ms}] FATAL:  password authentication failed for user "admin"\n{time} UTC [41{ms}] DETAIL:  Role "admin" does not exist.\n\tConnection matched file "/var/lib/postgresql/data/pgdata/pg_hba.conf" line 128: "host all all all scram-sha-256"' },
        { after: 9, every: 40, text: '{time} UTC [42{ms}] LOG:  invalid length of startup packet' },
      ],
    },
    {
      pods: { namespace: 'library', labels: { app: 'catalogue' } },
      logs: [
        { after: 0.5, text: '{time} INFO catalogue: connected to postgres host=db database=library\n{time} INFO catalogue: listening on :8443' },
        { after: 8, every: 10, text: '{time} INFO catalogue: GET /v1/books 200 {ms}ms' },
        { after: 5, every: 30, text: '{date} http: TLS handshake error from 10.20.1.1:3{n}: EOF' },
      ],
    },
    {
      pods: { namespace: 'library', labels: { app: 'catalogue' } },
      since: '-26m',
      until: '-11m',
      logs: [{ after: 2, every: 9, text: '{time} ERROR catalogue: GET /.env 404 0ms\n{time} ERROR catalogue: GET /wp-login.php 404 0ms' }],
    },
    {
      pods: { namespace: 'library', labels: { app: 'lending' } },
      logs: [
        { after: 6, text: '[{time}] INFO [Consumer clientId=lending-1, groupId=lending] Successfully joined group with generation Generation{generationId=41}' },
        { after: 20, every: 30, text: '[{time}] INFO processed loans=12 lag=0' },
      ],
    },
    {
      pods: { namespace: 'library', labels: { app: 'lending' } },
      since: '-19m',
      until: '-18m30s',
      logs: [
        { after: 1, text: '[{time}] WARN [Consumer clientId=lending-1, groupId=lending] Node 2 disconnected.\n[{time}] ERROR [Consumer clientId=lending-1, groupId=lending] Offset commit failed on partition loans-4 at offset 88213: The coordinator is loading and hence can\'t process requests.' },
        { after: 9, text: '[{time}] INFO [Consumer clientId=lending-1, groupId=lending] Successfully joined group with generation Generation{generationId=42}' },
      ],
    },
  ],
  alert: ownRule('LogErrorRateHigh', {
    startsAt: '-21m',
    labels: { namespace: 'library', severity: 'warning' },
    summary: 'Many error lines are logged.',
    description: 'Pods of namespace library have logged more than 100 error lines in 10 minutes.',
    expr: 'sum by (namespace) (rate({namespace="library"} |~ "ERROR|FATAL" [10m])) > 0.16',
  }),
}
