import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

/** As a chart renders it for a revision of its release. */
const release = (revision: number, version: string): Patch => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'learning',
  name: 'lms-web',
  patch: {
    spec: {
      template: {
        spec: {
          initContainers: [{ name: 'wait-for-migrations', args: ['job', `lms-migrate-${revision}`] }],
          containers: [{ name: 'web', image: `registry.campus.example/lms/app:${version}` }],
        },
      },
    },
  },
})
const head = 'INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.\nINFO  [alembic.runtime.migration] Will assume transactional DDL.'

export const scenario: Scenario = {
  title: 'a release is rolled back, the database is not: the migration Job of the older image fails and the web pods wait for it',
  now: '2026-10-28T20:45:00Z',
  steps: [
    { at: '-74d', apply: ['shared/tools.yaml'] },
    { at: '-22d', manager: 'helm', apply: ['10-lms.yaml', 'migrate-42.yaml'] },
    { at: '-2h35m', manager: 'helm', apply: ['migrate-43.yaml'], patch: [release(43, '4.3.0')] },
    { at: '-36m', manager: 'helm', apply: ['migrate-44.yaml'], patch: [release(44, '4.2.0')] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'learning', name: 'lms-migrate-44' },
      exits: { code: 255, after: 2.4 },
      logs: [
        { after: 1.6, text: head },
        { after: 2.1, text: "ERROR [alembic.util.messaging] Can't locate revision identified by 'c41d9e77b0aa'\n  FAILED: Can't locate revision identified by 'c41d9e77b0aa'" },
      ],
    },
    {
      pods: { namespace: 'learning', name: 'lms-migrate-43' },
      logs: [{ after: 1.6, text: head }, { after: 2, text: 'INFO  [alembic.runtime.migration] Running upgrade 7be2f0935c18 -> c41d9e77b0aa, split enrolments by term' }],
    },
    {
      pods: { namespace: 'learning', name: 'lms-web', where: (pod) => pod.spec.initContainers?.[0].args[1] === 'lms-migrate-44' },
      container: 'wait-for-migrations',
      exits: { code: 0, after: 100000 },
      logs: [{ after: 1, every: 2, text: '[{pg}] Waiting for job lms-migrate-44...' }],
    },
    {
      pods: { namespace: 'learning', name: 'lms-web' },
      logs: [
        { after: 1, text: '[{pg} +0000] [1] [INFO] Starting gunicorn 23.0.0\n[{pg} +0000] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)\n[{pg} +0000] [1] [INFO] Using worker: sync' },
        { after: 8, every: 33, text: '10.244.1.4 - - [{clf}] "GET /courses HTTP/1.1" 200 18233 "-" "Mozilla/5.0"' },
        { after: 700, every: 1900, text: 'Traceback (most recent call last):\n  File "/app/lms/gradebook/views.py", line 212, in term_report\n    term = enrolment.term.label\nAttributeError: \'NoneType\' object has no attribute \'label\'' },
      ],
    },
    {
      pods: { namespace: 'learning', name: 'lms-postgres' },
      logs: [
        { after: 1, text: '{pg} UTC [1] LOG:  database system is ready to accept connections' },
        { after: 300, every: 900, text: '{pg} UTC [27] LOG:  checkpoint complete: wrote {ms} buffers (0.3%); 0 WAL file(s) added, 0 removed, 0 recycled; write=4.1{ms} s, sync=0.011 s, total=4.2{ms} s' },
      ],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'learning', deployment: 'lms-web', startsAt: '-10m' }),
}
