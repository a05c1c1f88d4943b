import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const error = `django.db.utils.OperationalError: could not translate host name "permits-db" to address: Temporary failure in name resolution`

export const scenario: Scenario = {
  title: 'a default-deny for egress forgets DNS',
  now: '2026-08-04T09:48:20Z',
  steps: [
    { at: '-75d', apply: ['shared/entry-controller.yaml', 'shared/monitoring.yaml', '10-permits.yaml'] },
    { at: '-27m', apply: ['20-baseline.yaml'], manager: 'kubectl-client-side-apply' },
  ],
  behaviours: [
    {
      pods: { namespace: 'permits', labels: { app: 'portal' } },
      until: '-27m',
      logs: [{ after: 4, every: 5, text: '10.244.1.7 - - [{clf}] "GET /antraege/ HTTP/1.1" 200 18231 "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"' }],
    },
    {
      pods: { namespace: 'permits', labels: { app: 'portal' } },
      since: '-27m',
      logs: [
        {
          after: 9,
          every: 17,
          text: `{log4j} ERROR django.request Internal Server Error: /antraege/
Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/django/db/backends/base/base.py", line 279, in ensure_connection
    self.connect()
  File "/usr/local/lib/python3.12/site-packages/django/db/backends/postgresql/base.py", line 332, in get_new_connection
    connection = self.Database.connect(**conn_params)
  File "/usr/local/lib/python3.12/site-packages/psycopg2/__init__.py", line 122, in connect
    conn = _connect(dsn, connection_factory=connection_factory, **kwasync)
psycopg2.OperationalError: could not translate host name "permits-db" to address: Temporary failure in name resolution

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/django/core/handlers/exception.py", line 55, in inner
    response = get_response(request)
${error}`,
        },
        { after: 9, every: 17, text: '10.244.1.7 - - [{clf}] "GET /antraege/ HTTP/1.1" 500 145 "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"' },
      ],
    },
    {
      pods: { namespace: 'permits', labels: { app: 'notices-worker' } },
      since: '-27m',
      logs: [{ after: 20, every: 60, text: `{clock} [Q] ERROR ${error}` }],
    },
    {
      pods: { namespace: 'permits', labels: { app: 'notices-worker' } },
      until: '-27m',
      logs: [{ after: 20, every: 300, text: '{clock} [Q] INFO Process-1:{n} processing notices.tasks.deliver' }],
    },
    { pods: { namespace: 'permits', labels: { app: 'permits-db' } }, logs: [{ after: 300, every: 300, text: '{day} {clock} UTC [27] LOG:  checkpoint starting: time' }] },
  ],
  alert: ownRule('PortalErrorBudgetBurn', {
    startsAt: '-21m',
    labels: { namespace: 'permits', service: 'portal', severity: 'critical', slo: 'bauantrag-availability' },
    summary: 'The error budget of the permit portal burns 14 times too fast.',
    description: '98.7% of the requests to bauantrag.stadt.example fail with 5xx.',
    expr: 'slo:burnrate5m{slo="bauantrag-availability"} > 14.4 and slo:burnrate1h{slo="bauantrag-availability"} > 14.4',
  }),
}
