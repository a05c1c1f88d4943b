import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a Job of Java names a database host that is no Service here',
  now: '2026-11-02T02:30:00Z',
  steps: [
    { at: '-18d3h', apply: ['10-job.yaml'] },
    { at: '-29m', apply: ['20-job.yaml'] },
  ],
  behaviours: [
    {
      pods: { labels: { job: 'api-checker' } },
      exits: { code: 1, after: 61 },
      logs: [
        { after: 3, text: '{time} WARN  c.d.o.d.i.c.ContactPoints - Ignoring invalid contact point prod-db:9042 (unknown host prod-db)' },
        {
          after: 60,
          text: `Exception in thread "main" com.datastax.oss.driver.api.core.AllNodesFailedException: Could not reach any contact point, make sure you've provided valid addresses (showing first 1 nodes, use getAllErrors() for more)
	at com.datastax.oss.driver.api.core.AllNodesFailedException.copy(AllNodesFailedException.java:141)
	at check.Main.main(Main.java:27)`,
        },
      ],
    },
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'integration', job_name: 'api-checker', startsAt: '-11m' }),
}
