import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a settings file names a database by its short name, which is a Service of another namespace',
  now: '2026-01-29T23:11:48Z',
  steps: [{ at: '-47m2s', apply: ['10-etl.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'etl' } },
      exits: { code: 1, after: 4 },
      logs: [
        {
          after: 3,
          text: `Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
  File "/app/etl/__main__.py", line 9, in <module>
    sys.exit(main())
  File "/app/etl/cli.py", line 77, in main
    with psycopg.connect(**settings.target) as target:
  File "/usr/local/lib/python3.13/site-packages/psycopg/connection.py", line 117, in connect
    raise last_ex.with_traceback(None)
psycopg.OperationalError: [Errno -2] Name or service not known`,
        },
      ],
    },
  ],
  alert: crashLooping('analytics-stg', 'etl-', 'etl', '-30m'),
}
