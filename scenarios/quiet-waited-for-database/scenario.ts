import { throttled } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const pods = { labels: { app: 'patients' } }

export const scenario: Scenario = {
  title: 'healthy: everything was installed at once; the program ended twice until its database was up, and has served ever since',
  now: '2026-05-18T09:20:00Z',
  steps: [{ at: '-52m', apply: ['10-clinic.yaml'] }],
  behaviours: [
    {
      pods,
      exits: { code: 1, after: 6, times: 2 },
      until: '-51m10s',
      probes: { readiness: { refused: true } },
      logs: [
        { after: 1, text: '{time} INFO  starting patients 3.18.0' },
        { after: 5, text: '{time} ERROR database not reachable: dial tcp 10.96.151.20:5432: connect: connection refused, giving up' },
      ],
    },
    {
      pods,
      logs: [
        { after: 1, text: '{time} WARN  database not reachable (attempt 1/10): dial tcp 10.96.151.20:5432: connect: connection refused, retrying in 2s' },
        { after: 3, text: '{time} WARN  database not reachable (attempt 2/10): dial tcp 10.96.151.20:5432: connect: connection refused, retrying in 4s' },
        { after: 7, text: '{time} INFO  connected to patients-db:5432' },
        { after: 8, text: '{time} INFO  listening on :8080' },
        { after: 20, every: 25, text: '{time} INFO  GET /patients/{n} 200 {ms}ms' },
      ],
    },
    { pods: { labels: { app: 'patients-db' } }, logs: [{ after: 9, text: '{time} UTC [1] LOG:  database system is ready to accept connections' }] },
  ],
  alert: throttled('clinic', 'patients-', 'api', 31.2, '-18m'),
}
