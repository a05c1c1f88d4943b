import { errorRate } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a small service is scaled to zero to save money; the .NET service that calls it fails half of its requests and stays ready',
  now: '2026-04-30T21:21:21Z',
  steps: [
    { at: '-43d3h', apply: ['10-payments.yaml'] },
    {
      at: '-39m',
      manager: 'kubectl-scale',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'payments-eu', name: 'tax-rates', patch: { spec: { replicas: 0 } } }],
    },
  ],
  behaviours: [
    { pods: { labels: { app: 'invoices' } }, until: '-38m50s', logs: [{ after: 2, every: 20, text: 'info: Invoices.Api[0]\n      invoice {id} created' }] },
    {
      pods: { labels: { app: 'invoices' } },
      since: '-38m50s',
      logs: [
        {
          after: 2,
          every: 12,
          text: `fail: Microsoft.AspNetCore.Server.Kestrel[13]
      Connection id "{id}", Request id "{id}:00000002": An unhandled exception was thrown by the application.
      System.Net.Http.HttpRequestException: Connection refused (rates:80)
       ---> System.Net.Sockets.SocketException (111): Connection refused
         at System.Net.Sockets.Socket.AwaitableSocketAsyncEventArgs.ThrowException(SocketError error, CancellationToken cancellationToken)`,
        },
      ],
    },
  ],
  alert: errorRate({ namespace: 'payments-eu', service: 'invoices', percent: 48, startsAt: '-33m' }),
}
