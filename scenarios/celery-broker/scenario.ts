import { notReady } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a Celery worker is given a broker that is no Service; it tries again for ever and says no name',
  now: '2026-02-25T17:05:00Z',
  steps: [{ at: '-36m', apply: ['10-tutoring.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'grader' } },
      probes: { readiness: { output: 'Error: No nodes replied within time constraint.' } },
      logs: [
        { after: 3, text: ' -------------- celery@grader v5.5.3 (immunity)\n- ** ---------- .> transport:   amqp://guest:**@rabbit:5672//' },
        { after: 5, every: 32, text: '[{date},311: ERROR/MainProcess] consumer: Cannot connect to amqp://guest:**@rabbit:5672//: [Errno -2] Name or service not known.\nTrying again in 32.00 seconds... (16/100)' },
      ],
    },
  ],
  alert: notReady('tutoring', 'grader-', '-20m'),
}
