import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const app = (name: string) => ({ namespace: 'payouts', labels: { app: name } })

export const scenario: Scenario = {
  title: 'PostgreSQL lets in encrypted connections only; one client does not encrypt',
  now: '2026-05-12T14:18:00Z',
  nodes: [
    { name: 'gke-prod-eu-n2-4a1c-r7wz', ip: '10.132.0.41' },
    { name: 'gke-prod-eu-n2-4a1c-t0bm', ip: '10.132.0.42' },
    { name: 'gke-prod-eu-n2-4a1c-xk3d', ip: '10.132.0.43' },
  ],
  steps: [
    { at: '-81d', apply: ['shared/kps.yaml'], manager: 'helm' },
    { at: '-58d', apply: ['20-payouts.yaml', '10-hba.yaml'], manager: 'terraform' },
    { at: '-51m', apply: ['30-hba-ssl.yaml'], manager: 'terraform' },
  ],
  behaviours: [
    ...around,
    {
      pods: app('ledger-pg'),
      logs: [
        { after: 1.2, text: '{pg} UTC [1] LOG:  starting PostgreSQL 17.6 (Debian 17.6-2.pgdg13+1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit' },
        { after: 1.3, text: '{pg} UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432' },
        { after: 1.6, text: '{pg} UTC [1] LOG:  database system is ready to accept connections' },
        { after: 300, every: 600, text: '{pg} UTC [27] LOG:  checkpoint starting: time' },
        { after: 330, every: 600, text: '{pg} UTC [27] LOG:  checkpoint complete: wrote 2{ms} buffers (1.4%), wrote 1 SLRU buffers; 0 WAL file(s) added, 0 removed, 1 recycled; write=26.9{ms} s, sync=0.011 s, total=26.974 s' },
      ],
    },
    {
      pods: app('ledger-pg'),
      since: '-50m12s',
      logs: [
        { after: 0, text: '{pg} UTC [1] LOG:  received SIGHUP, reloading configuration files' },
        { after: 34, every: 9, text: '{pg} UTC [4{n}1] FATAL:  no pg_hba.conf entry for host "{ip:payouts/schedule-api}", user "schedule", database "ledger", no encryption' },
      ],
    },
    { pods: app('schedule-api'), logs: [{ after: 2, text: '{"level":30,"time":"{time}","name":"schedule-api","msg":"listening on 8080"}' }] },
    { pods: app('schedule-api'), until: '-49m40s', logs: [{ after: 20, every: 15, text: '{"level":30,"time":"{time}","name":"schedule-api","req":{"method":"GET","url":"/v1/due"},"res":{"statusCode":200},"responseTime":{ms},"msg":"request completed"}' }] },
    {
      pods: app('schedule-api'),
      since: '-49m38s',
      logs: [
        {
          after: 0,
          every: 15,
          text: '{"level":50,"time":"{time}","name":"schedule-api","err":{"type":"DatabaseError","message":"no pg_hba.conf entry for host \\"{podip}\\", user \\"schedule\\", database \\"ledger\\", no encryption","stack":"error: no pg_hba.conf entry for host \\"{podip}\\", user \\"schedule\\", database \\"ledger\\", no encryption\\n    at Parser.parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:283:98)\\n    at Socket.<anonymous> (/app/node_modules/pg-protocol/dist/index.js:11:42)","severity":"FATAL","code":"28000","routine":"ClientAuthentication"},"req":{"method":"GET","url":"/v1/due"},"res":{"statusCode":503},"msg":"request errored"}',
        },
      ],
    },
    { pods: app('ledger-api'), logs: [{ after: 1, text: '{time} INFO ledger-api listening addr=:8080 db=ledger-pg/ledger sslmode=require' }, { after: 12, every: 20, text: '{time} INFO POST /v1/entries status=201 dur={ms}ms id={id}' }] },
    { pods: app('payout-dispatcher'), until: '-49m40s', logs: [{ after: 15, every: 15, text: 'ts={time} level=info msg="batch dispatched" payouts=1{ms} rail=sepa-inst' }] },
    {
      pods: app('payout-dispatcher'),
      since: '-49m35s',
      logs: [{ after: 0, every: 15, text: 'ts={time} level=error msg="cannot fetch due payouts, will retry" url=http://schedule-api:8080/v1/due status=503 body="{\\"error\\":\\"storage unavailable\\"}"' }],
    },
  ],
  alert: ownRule('PayoutsNotDispatched', {
    startsAt: '-34m',
    labels: { namespace: 'payouts', deployment: 'payout-dispatcher', severity: 'critical', team: 'money-movement' },
    summary: 'No payout has left for 15 minutes.',
    description: 'payout-dispatcher has not dispatched a single payout for 15 minutes within banking hours.',
    expr: 'increase(payouts_dispatched_total{namespace="payouts"}[15m]) == 0 and on() banking_hours == 1',
  }),
}
