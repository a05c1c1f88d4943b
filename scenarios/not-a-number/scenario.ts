import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a number of workers is written as a word',
  now: '2026-03-16T09:16:00Z',
  steps: [{ at: '-39m', apply: ['10-survey.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'survey' },
      exits: { code: 1, after: 0.8 },
      logs: [
        {
          after: 0.6,
          text: `Traceback (most recent call last):
  File "/usr/local/bin/gunicorn", line 8, in <module>
    sys.exit(run())
  File "/usr/local/lib/python3.11/site-packages/gunicorn/config.py", line 676, in Workers
    default = int(os.environ.get("WEB_CONCURRENCY", 1))
ValueError: invalid literal for int() with base 10: 'four'`,
        },
      ],
    },
  ],
  alert: crashLooping('survey', 'forms-', 'forms', '-22m'),
}
