import { errorRate } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the volume of a database is full: it ends, its client cannot connect, and the client is alerted on',
  now: '2026-08-31T23:12:00Z',
  steps: [{ at: '-76d3h', apply: ['10-meters.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'timeseries' } },
      since: '-51m',
      exits: { code: 1, after: 4 },
      probes: { readiness: { output: '/var/run/postgresql:5432 - rejecting connections' } },
      logs: [
        { after: 1, text: '{time} UTC [1] LOG:  starting PostgreSQL 16.10 on x86_64-pc-linux-musl\n{time} UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432' },
        { after: 2, text: '{time} UTC [29] LOG:  database system was not properly shut down; automatic recovery in progress\n{time} UTC [29] LOG:  redo starts at 4E/D3000028' },
        {
          after: 3,
          text: '{time} UTC [29] FATAL:  could not write to file "pg_wal/xlogtemp.29": No space left on device\n{time} UTC [1] LOG:  startup process (PID 29) exited with exit code 1\n{time} UTC [1] LOG:  aborting startup due to startup process failure\n{time} UTC [1] LOG:  database system is shut down',
        },
      ],
    },
    {
      pods: { labels: { app: 'ingest' } },
      since: '-50m50s',
      probes: { readiness: { status: 503 } },
      logs: [{ after: 1, every: 7, text: '{"level":"error","ts":"{time}","caller":"store/pg.go:88","msg":"flush failed","error":"failed to connect to `user=ingest database=readings`: 10.96.61.61:5432 (timeseries): dial error: dial tcp 10.96.61.61:5432: connect: connection refused"}' }],
    },
    { pods: { labels: { app: 'ingest' } }, until: '-50m50s', logs: [{ after: 1, every: 20, text: '{"level":"info","ts":"{time}","caller":"store/pg.go:102","msg":"flushed","rows":{ms}00}' }] },
  ],
  alert: errorRate({ namespace: 'meters', service: 'ingest', percent: 100, startsAt: '-45m' }),
}
