import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a checker’s Job is told a database host that is no Service (prod-db; it is cassandra)',
  now: '2026-08-09T07:07:07Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-15d', apply: ['10-db.yaml'] },
    { at: '-31m', apply: ['20-job.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'catalogue', name: 'java-api-checker' },
      exits: { code: 1, after: 60 },
      logs: [
        {
          after: 2,
          every: 15,
          text: 'Java Network Exception: \nAll host(s) tried for db query failed (tried: prod-db:9042) - no available connection and the queue has reached its max size 256',
        },
      ],
    },
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'catalogue', job_name: 'java-api-checker', startsAt: '-14m' }),
}
