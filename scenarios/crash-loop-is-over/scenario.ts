import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork } from '../shared/own.ts'

const db = { namespace: 'results', name: 'results-db' }
const ingest = { namespace: 'results', name: 'hl7-ingest' }

export const scenario: Scenario = {
  title: 'nothing is wrong any more: a database took twenty minutes to recover after an update, and its consumer crash-looped meanwhile',
  now: '2026-06-24T22:36:40Z',
  steps: [
    { at: '-80d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-70d', manager: 'helm', apply: ['10-results.yaml'] },
    { at: '-36m', manager: 'kubectl-set', patch: [setImage({ kind: 'StatefulSet', ...db }, 'postgres', 'harbor.spital.example/base/postgres:15.14')] },
  ],
  behaviours: [
    corednsAtWork,
    {
      pods: db,
      since: '-36m',
      until: '-7m',
      probes: { readiness: { output: '/tmp:5432 - rejecting connections' } },
      logs: [
        { after: 4, text: '{pg} UTC [1] LOG:  starting PostgreSQL 15.14 (Debian 15.14-1.pgdg120+1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit\n{pg} UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432' },
        { after: 5, text: '{pg} UTC [29] LOG:  database system was interrupted; last known up at 2026-06-24 21:58:12 UTC' },
        { after: 6, text: '{pg} UTC [29] LOG:  database system was not properly shut down; automatic recovery in progress\n{pg} UTC [29] LOG:  redo starts at 2B1/7C0A3F28' },
        { after: 16, every: 10, text: '{pg} UTC [29] LOG:  redo in progress, elapsed time: {n}0.00 s, current LSN: 2B1/8{n}0A18' },
        { after: 20, every: 37, text: '{pg} UTC [{port}] FATAL:  the database system is starting up' },
      ],
    },
    { pods: db, since: '-7m', logs: [{ after: 0.5, text: '{pg} UTC [29] LOG:  redo done at 2B4/19F00478 system usage: CPU: user: 402.11 s, system: 71.86 s, elapsed: 1733.92 s\n{pg} UTC [1] LOG:  database system is ready to accept connections' }] },
    { pods: ingest, since: '-35m30s', until: '-7m', exits: { code: 1, after: 2 } },
    { pods: ingest, logs: [{ after: 0.2, text: '{"level":"info","ts":"{time}","msg":"hl7-ingest 2.14.0 starting"}' }] },
    {
      pods: ingest,
      since: '-35m30s',
      until: '-7m',
      logs: [{ after: 1.9, text: '{"level":"fatal","ts":"{time}","msg":"cannot open pool","error":"failed to connect to `user=ingest database=results`: 10.96.120.8:5432 (results-db): server error: FATAL: the database system is starting up (SQLSTATE 57P03)"}' }],
    },
    { pods: ingest, since: '-7m', logs: [{ after: 1, text: '{"level":"info","ts":"{time}","msg":"pool open","host":"results-db"}' }, { after: 3, every: 14, text: '{"level":"info","ts":"{time}","msg":"ORU^R01 stored","control_id":"{id}","ms":{ms}}' }] },
  ],
  alert: (podsOf) => kubePrometheus.podCrashLooping({ namespace: 'results', pod: podsOf('results', 'hl7-ingest')[0].metadata.name, container: 'ingest', startsAt: '-20m' }),
}
