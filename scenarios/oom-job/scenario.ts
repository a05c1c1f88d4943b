import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a Job needs more memory than its limit and may not try again',
  now: '2026-03-01T03:44:10Z',
  steps: [
    { at: '-31d2h', apply: ['shared/platform.yaml'] },
    { at: '-26m40s', apply: ['10-job.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'reporting' },
      exits: { code: 137, after: 21, oom: true },
      logs: [
        { after: 1, text: '{time} INFO reading events_2026_02 (18442901 rows)' },
        { after: 9, text: '{time} INFO chunk 1/12 done' },
      ],
    },
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'reporting', job_name: 'monthly-export', startsAt: '-10m50s' }),
}
