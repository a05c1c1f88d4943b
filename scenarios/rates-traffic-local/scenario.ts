import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'to save traffic between zones a Service is told to stay on the node; callers on nodes without its pod time out',
  now: '2026-04-29T22:13:26Z',
  steps: [
    { at: '-71d', apply: ['10-invoicing.yaml'] },
    {
      at: '-34m',
      manager: 'kubectl-patch',
      patch: [{ apiVersion: 'v1', kind: 'Service', namespace: 'invoicing', name: 'fx-rates', patch: { spec: { internalTrafficPolicy: 'Local' } } }],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'invoicing', labels: { app: 'fx-rates' } },
      logs: [{ after: 1, text: '{"ts":"{time}","level":"info","msg":"listening","addr":":8080"}' }, { after: 9, every: 30, text: '{"ts":"{time}","level":"info","msg":"GET /v1/latest","status":200,"ms":{ms}}' }],
    },
    {
      pods: { namespace: 'invoicing', labels: { app: 'invoicer' }, where: (pod) => pod.spec.nodeName !== 'worker-1' },
      since: '-33m40s',
      probes: { readiness: { status: 503 } },
      logs: [
        {
          after: 4,
          every: 31,
          text: 'fail: Invoicer.Rates.RatesClient[0]\n      Cannot fetch exchange rates from http://fx-rates/v1/latest\n      System.Net.Http.HttpRequestException: Connection timed out (fx-rates:80)\n       ---> System.Net.Sockets.SocketException (110): Connection timed out\n         at System.Net.Sockets.Socket.AwaitableSocketAsyncEventArgs.ThrowException(SocketError error, CancellationToken cancellationToken)\n         at System.Net.Http.HttpConnectionPool.ConnectToTcpHostAsync(String host, Int32 port, HttpRequestMessage initialRequest, Boolean async, CancellationToken cancellationToken)',
        },
      ],
    },
    {
      pods: { namespace: 'invoicing', labels: { app: 'invoicer' } },
      logs: [{ after: 2, text: "info: Microsoft.Hosting.Lifetime[14]\n      Now listening on: http://[::]:8080\ninfo: Microsoft.Hosting.Lifetime[0]\n      Application started. Press Ctrl+C to shut down." }],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'invoicing', deployment: 'invoicer', startsAt: '-18m' }),
}
