import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

export const scenario: Scenario = {
  title: 'the session store is full and may not evict',
  now: '2026-10-05T08:47:10Z',
  steps: [
    { at: '-61d', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '10-portal.yaml'], manager: 'helm' },
    { at: '-12d18h', apply: ['20-policy.yaml'], manager: 'helm' },
    {
      at: '-12d17h58m',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'campus-portal',
          name: 'redis-sessions',
          patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-09-22T14:49:10Z' } } } } },
        },
      ],
    },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'campus-portal', labels: { app: 'redis-sessions' } },
      logs: [
        {
          after: 0.2,
          text: '1:C {day} {clock} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n1:C {day} {clock} * Redis version=7.4.6, bits=64, commit=00000000, modified=0, pid=1, just started\n1:C {day} {clock} * Configuration loaded\n1:M {day} {clock} * monotonic clock: POSIX clock_gettime\n1:M {day} {clock} * Running mode=standalone, port=6379.\n1:M {day} {clock} * Server initialized\n1:M {day} {clock} * Ready to accept connections tcp',
        },
      ],
    },
    {
      pods: { namespace: 'campus-portal', labels: { app: 'portal-web' } },
      logs: [
        {
          after: 1,
          text: '[{day} 06:00:02 +0000] [1] [INFO] Starting gunicorn 23.0.0\n[{day} 06:00:02 +0000] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)\n[{day} 06:00:02 +0000] [1] [INFO] Using worker: sync',
        },
        { after: 5, every: 10, text: '10.244.1.1 - - [{clf}] "GET /healthz/ HTTP/1.1" 200 2 "-" "kube-probe/1.36"' },
        { after: 9, every: 31, text: '{ip:ingress/ingress-nginx} - - [{clf}] "GET /courses/ HTTP/1.1" 200 18{ms}1 "-" "Mozilla/5.0"' },
      ],
    },
    {
      pods: { namespace: 'campus-portal', labels: { app: 'portal-web' } },
      since: '-34m',
      logs: [
        {
          after: 4,
          every: 41,
          text: 'ERROR {log4j} log Internal Server Error: /login/\nTraceback (most recent call last):\n  File "/usr/local/lib/python3.13/site-packages/django/core/handlers/exception.py", line 55, in inner\n    response = get_response(request)\n  File "/usr/local/lib/python3.13/site-packages/django/contrib/sessions/middleware.py", line 59, in process_response\n    request.session.save()\n  File "/usr/local/lib/python3.13/site-packages/django/core/cache/backends/redis.py", line 90, in set\n    client.set(key, value, ex=timeout)\n  File "/usr/local/lib/python3.13/site-packages/redis/connection.py", line 655, in read_response\n    raise response\nredis.exceptions.OutOfMemoryError: command not allowed when used memory > \'maxmemory\'.\n{ip:ingress/ingress-nginx} - - [{clf}] "POST /login/ HTTP/1.1" 500 145 "https://portal.uni-westmark.example/login/" "Mozilla/5.0"',
        },
      ],
    },
    {
      pods: { namespace: 'campus-portal', labels: { app: 'portal-mailer' } },
      logs: [
        {
          after: 20,
          every: 95,
          text: '[{log4j}: INFO/MainProcess] Task portal.mail.send[{id}] received\n[{log4j}: INFO/ForkPoolWorker-2] Task portal.mail.send[{id}] succeeded in 0.{ms}s: None',
        },
      ],
      until: '-34m',
    },
  ],
  alert: ownRule('PortalLoginErrorBudgetBurn', {
    startsAt: '-22m',
    labels: { namespace: 'campus-portal', service: 'portal-web', slo: 'login-availability', severity: 'critical', long: '1h', short: '5m' },
    summary: 'Logins to the campus portal fail.',
    description: 'The login SLO of portal-web burns its 30 day error budget 14.4 times too fast (71% of POST /login/ answer 5xx).',
    expr: 'slo:sli_error:ratio_rate1h{slo="login-availability"} > 14.4 * 0.005',
  }),
}
