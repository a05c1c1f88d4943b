import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const db = { namespace: 'ranked', labels: { app: 'rankings-db' } }
const app = { namespace: 'ranked', labels: { app: 'scoreboard' } }
const pg = (after: number, text: string, every?: number) => ({ after, ...(every ? { every } : {}), text: `{day} {clock} UTC ${text}` })

export const scenario: Scenario = {
  title: 'pods crash-looped while their database recovered; both are well again',
  now: '2026-08-16T18:41:33Z',
  steps: [
    { at: '-33d', apply: ['shared/monitoring.yaml', '10-ranked.yaml'] },
    {
      at: '-36m',
      manager: 'kubectl-rollout',
      patch: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'ranked', name: 'rankings-db', patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-08-16T18:05:33Z' } } } } } }],
    },
    { at: '-6m20s' },
  ],
  behaviours: [
    { pods: db, until: '-36m', stop: 'ignored', logs: [pg(300, '[27] LOG:  checkpoint starting: time', 300)] },
    {
      pods: db,
      since: '-36m',
      until: '-6m20s',
      probes: { readiness: { output: '127.0.0.1:5432 - rejecting connections\n' } },
      logs: [
        pg(3, '[1] LOG:  starting PostgreSQL 17.5 (Debian 17.5-1.pgdg120+1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit'),
        pg(3.1, '[1] LOG:  listening on IPv4 address "0.0.0.0", port 5432'),
        pg(3.3, '[29] LOG:  database system was interrupted; last known up at 2026-08-16 18:01:02 UTC'),
        pg(4, '[29] LOG:  database system was not properly shut down; automatic recovery in progress'),
        pg(4.2, '[29] LOG:  redo starts at 4F/A8000028'),
        pg(14, '[29] LOG:  redo in progress, elapsed time: {n}0.00 s, current LSN: 4F/B{n}1A0F8', 10),
        pg(40, '[{n}12] FATAL:  the database system is not yet accepting connections\n{day} {clock} UTC [{n}12] DETAIL:  Consistent recovery state has not been yet reached.', 150),
      ],
    },
    {
      pods: db,
      since: '-6m20s',
      logs: [
        pg(0.1, '[29] LOG:  redo done at 50/1C0021B8 system usage: CPU: user: 211.91 s, system: 80.40 s, elapsed: 1772.31 s'),
        pg(2, '[27] LOG:  checkpoint starting: end-of-recovery immediate wait'),
        pg(9, '[1] LOG:  database system is ready to accept connections'),
      ],
    },
    {
      pods: app,
      since: '-35m20s',
      until: '-6m10s',
      exits: { code: 1, after: 2 },
      listens: [],
      logs: [{ after: 1, text: '{"time":"{time}","level":"ERROR","msg":"cannot ping the database, giving up","err":"failed to connect to `user=scoreboard database=rankings`: 10.96.88.14:5432 (rankings-db): server error: FATAL: the database system is not yet accepting connections (SQLSTATE 57P03)"}' }],
    },
    { pods: app, until: '-35m20s', logs: [{ after: 2, every: 9, text: '{"time":"{time}","level":"INFO","msg":"top 100 served","ms":{ms}}' }] },
    {
      pods: app,
      since: '-6m10s',
      logs: [
        { after: 1, text: '{"time":"{time}","level":"INFO","msg":"database ok, listening","addr":":8080"}' },
        { after: 3, every: 9, text: '{"time":"{time}","level":"INFO","msg":"top 100 served","ms":{ms}}' },
      ],
    },
  ],
  alert: (podsOf) => kubePrometheus.podCrashLooping({ namespace: 'ranked', pod: podsOf('ranked', 'scoreboard-')[0]?.metadata.name, container: 'scoreboard', startsAt: '-19m' }),
}
