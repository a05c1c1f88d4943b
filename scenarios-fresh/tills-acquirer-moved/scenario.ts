import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const adapter = { namespace: 'payments-core', labels: { app: 'acquirer-adapter' } }
const till = { namespace: 'tills', labels: { app: 'till-api' } }
const archiver = { namespace: 'tills-staging', labels: { app: 'receipt-archiver' } }
const MOVED = '-33m20s'

export const scenario: Scenario = {
  title: 'the acquirer moved to addresses that the policy does not let out',
  now: '2026-06-20T10:37:40Z',
  nodes: [
    { name: 'kasse-prod-w1', ip: '10.5.60.11' },
    { name: 'kasse-prod-w2', ip: '10.5.60.12' },
    { name: 'kasse-prod-w3', ip: '10.5.60.13' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-80d', apply: ['10-payments.yaml'], manager: 'argocd-controller' },
    { at: '-3d4h', apply: ['20-staging.yaml'], manager: 'argocd-controller' },
  ],
  behaviours: [
    ...around,
    { pods: adapter, logs: [{ after: 0.5, text: '{"level":"info","time":"{time}","msg":"gRPC listening on :9090"}' }, { after: 0.6, text: '{"level":"info","time":"{time}","msg":"gateway gw.acquirer.example resolved","addrs":["203.0.113.20","203.0.113.21"]}' }] },
    { pods: adapter, until: MOVED, logs: [{ after: 20, every: 14, text: '{"level":"info","time":"{time}","msg":"authorised","id":"{id}","took_ms":1{ms},"peer":"203.0.113.20:443"}' }, { after: 200, every: 1100, text: '{"level":"warn","time":"{time}","msg":"declined","id":"{id}","code":"51"}' }] },
    {
      pods: adapter,
      since: MOVED,
      logs: [
        { after: 0, text: '{"level":"info","time":"{time}","msg":"gateway gw.acquirer.example resolved","addrs":["198.51.100.37","198.51.100.38"]}' },
        { after: 12, every: 16, text: '{"level":"error","time":"{time}","msg":"authorisation failed","id":"{id}","err":"Post \\"https://gw.acquirer.example/v4/authorise\\": dial tcp 198.51.100.37:443: i/o timeout"}' },
      ],
    },
    { pods: till, logs: [{ after: 3, text: '{time} [main] INFO  TillApi - started on 8080' }, { after: 9, every: 12, text: '{time} [http-7] INFO  Basket - basket {id} closed, {ms} articles' }] },
    { pods: till, since: MOVED, logs: [{ after: 15, every: 18, text: '{time} [http-3] ERROR Payment - card payment {id} failed: io.grpc.StatusRuntimeException: DEADLINE_EXCEEDED: deadline exceeded after 9.99{ms}s [remote_addr=acquirer-adapter.payments-core.svc/10.96.118.40:9090]' }] },
    { pods: archiver, exits: { code: 1, after: 1.4 } },
    { pods: archiver, logs: [{ after: 1.2, text: 'Traceback (most recent call last):\n  File "/app/main.py", line 31, in <module>\n    topic = os.environ["RECEIPT_TOPIC"]\n            ~~~~~~~~~~^^^^^^^^^^^^^^^^^\n  File "<frozen os>", line 714, in __getitem__\nKeyError: \'RECEIPT_TOPIC\'' }] },
  ],
  alert: ownRule('CardPaymentsFailing', {
    startsAt: '-28m',
    labels: { namespace: 'tills', service: 'till-api', severity: 'critical', team: 'checkout' },
    summary: 'Card payments fail in the shops.',
    description: '99.2% of card payments failed in the last 5 minutes.',
    expr: 'sum by (namespace, service) (rate(payments_total{method="card",result="error"}[5m])) / sum by (namespace, service) (rate(payments_total{method="card"}[5m])) > 0.2',
  }),
}
