import { registry } from '../../control-plane/kubelet/messages.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

export const scenario: Scenario = {
  title: 'import workers that were scaled out take all connections of the shared database; the orders API fails',
  now: '2026-10-15T10:26:50Z',
  steps: [
    { at: '-88d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-52d', manager: 'argocd-controller', apply: ['10-commerce.yaml'] },
    { at: '-2h40m', manager: 'argocd-controller', apply: ['20-preview.yaml'] },
    { at: '-31m', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'commerce', name: 'catalog-import', patch: { spec: { replicas: 24 } } }] },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'preview-1840' }, pull: registry.notFound('ghcr.io/acme-commerce/storefront:pr-1840') },
    {
      pods: { namespace: 'commerce', name: 'commerce-db' },
      logs: [
        { after: 1, text: '{pg} UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432' },
        { after: 1.3, text: '{pg} UTC [1] LOG:  database system is ready to accept connections' },
        { after: 300, every: 300, text: '{pg} UTC [63] LOG:  checkpoint starting: time' },
      ],
    },
    {
      pods: { namespace: 'commerce', name: 'commerce-db' },
      since: '-31m',
      until: '-30m',
      logs: [{ after: 1, every: 1, text: '{pg} UTC [{port}] LOG:  connection authorized: user=importer database=shop application_name=catalog-import' }],
    },
    { pods: { namespace: 'commerce', name: 'commerce-db' }, since: '-30m', logs: [{ after: 1, every: 9, text: '{pg} UTC [{port}] FATAL:  sorry, too many clients already' }] },
    {
      pods: { namespace: 'commerce', name: 'orders-api' },
      logs: [
        { after: 2, text: '[{time}] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)' },
        { after: 6, every: 29, text: 'INFO:     10.244.0.17:{port} - "GET /orders HTTP/1.1" 200 OK' },
      ],
    },
    {
      pods: { namespace: 'commerce', name: 'orders-api' },
      since: '-29m',
      logs: [
        {
          after: 3,
          every: 43,
          text: 'ERROR:    Exception in ASGI application\nTraceback (most recent call last):\n  File "/usr/local/lib/python3.13/site-packages/sqlalchemy/engine/base.py", line 145, in __init__\n    self._dbapi_connection = engine.raw_connection()\n  File "/usr/local/lib/python3.13/site-packages/psycopg/connection.py", line 117, in connect\n    raise last_ex.with_traceback(None)\nsqlalchemy.exc.OperationalError: (psycopg.OperationalError) connection failed: connection to server at "10.96.77.12", port 5432 failed: FATAL:  sorry, too many clients already\n(Background on this error at: https://sqlalche.me/e/20/e3q8)',
        },
        { after: 4, every: 21, text: 'INFO:     10.244.0.17:{port} - "POST /orders HTTP/1.1" 500 Internal Server Error' },
      ],
    },
    {
      pods: { namespace: 'commerce', name: 'catalog-import' },
      logs: [
        { after: 1, text: '{time}  INFO catalog_import: pool ready max=8 dsn=postgres://importer@commerce-db:5432/shop' },
        { after: 8, every: 67, text: '{time}  INFO catalog_import::batch: upserted 500 rows in {ms}ms' },
      ],
    },
    { pods: { namespace: 'commerce', name: 'catalog-import' }, since: '-30m', logs: [{ after: 7, every: 211, text: '{time}  WARN sqlx::pool::inner: error returned from database: sorry, too many clients already' }] },
  ],
  alert: rule(
    'OrdersApiErrorRateHigh',
    '-24m',
    { namespace: 'commerce', service: 'orders-api', severity: 'critical', team: 'checkout' },
    'orders-api answers with 5xx.',
    '38% of the requests to orders-api have failed for 5 minutes.',
    'sum(rate(http_requests_total{service="orders-api",code=~"5.."}[5m])) / sum(rate(http_requests_total{service="orders-api"}[5m])) > 0.05',
  ),
}
