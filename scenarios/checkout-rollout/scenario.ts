import { kubePrometheus } from '../../control-plane/alerts.ts'
import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setEnv, setImage } from '../../control-plane/patches.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const payments = { kind: 'Deployment', namespace: 'shop', name: 'payments' } as const
const shop = (app: string) => ({ namespace: 'shop', labels: { app } })
const ledgerIsGone = { ...shop('payments'), where: (pod: Parameters<typeof envOf>[0]) => envOf(pod, 'LEDGER_HOST') !== 'ledger-db' }

export const scenario: Scenario = {
  title: 'a roll-out of payments points LEDGER_HOST at a Service that does not exist; checkout, which needs payments, is alerted on',
  now: '2026-09-17T14:42:10Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-12d3h22m41s', apply: ['shared/shop.yaml'] },
    { at: '-10d5h7m19s', manager: 'kubectl-set', patch: [setImage(payments, 'payments', 'registry.shop.example/payments:2.11.1')] },
    { at: '-8d2h44m5s', manager: 'kubectl-set', patch: [setImage(payments, 'payments', 'registry.shop.example/payments:2.12.0')] },
    { at: '-6d7h31m52s', manager: 'kubectl-set', patch: [setImage(payments, 'payments', 'registry.shop.example/payments:2.13.0')] },
    { at: '-5d1h3m27s', manager: 'kubectl-set', patch: [setEnv(payments, 'payments', 'LOG_LEVEL', 'warn')] },
    {
      at: '-3d4h18m36s',
      manager: 'kubectl-set',
      patch: [
        setImage(payments, 'payments', 'registry.shop.example/payments:2.14.0'),
        setImage({ ...payments, name: 'checkout' }, 'checkout', 'registry.shop.example/checkout:5.4.1'),
      ],
    },
    // Went well, and has nothing to do with it.
    { at: '-2h51m13s', manager: 'kubectl-set', patch: [setImage({ ...payments, name: 'catalog' }, 'catalog', 'registry.shop.example/catalog:3.9.0')] },
    { at: '-40m22s', manager: 'kubectl-set', patch: [setEnv(payments, 'payments', 'LEDGER_HOST', 'ledger-db-v2')] },
  ],
  behaviours: [
    {
      pods: ledgerIsGone,
      exits: { code: 2, after: 7 },
      // It opens its port when it has its ledger.
      listens: [],
      logs: [
        { after: 0, text: '{time} INFO  payments starting version=2.14.0 commit=8c1f0e2 go=go1.25.1' },
        { after: 0.1, text: '{time} INFO  config loaded ledger.host=ledger-db-v2 ledger.port=5432 ledger.user=payments http.addr=:8080' },
        { after: 0.3, text: '{time} WARN  ledger: connect failed attempt=1/3 err="dial tcp: lookup ledger-db-v2 on 10.96.0.10:53: no such host"' },
        { after: 2.3, text: '{time} WARN  ledger: connect failed attempt=2/3 err="dial tcp: lookup ledger-db-v2 on 10.96.0.10:53: no such host"' },
        { after: 6.4, text: '{time} WARN  ledger: connect failed attempt=3/3 err="dial tcp: lookup ledger-db-v2 on 10.96.0.10:53: no such host"' },
        {
          after: 6.5,
          text: `panic: open ledger: dial tcp: lookup ledger-db-v2 on 10.96.0.10:53: no such host

goroutine 1 [running]:
main.mustOpenLedger({0xc00011e0a0, 0x2a})
	/src/cmd/payments/ledger.go:41 +0x1d4
main.main()
	/src/cmd/payments/main.go:67 +0x3a5`,
        },
      ],
    },
    {
      pods: shop('checkout'),
      since: '-40m8s',
      probes: { readiness: { status: 503 } },
      logs: [
        { after: 1, every: 5, text: '{"level":"error","time":"{time}","msg":"payments request failed","method":"POST","url":"http://payments:8080/v2/charges","err":"connect ECONNREFUSED 10.96.41.17:8080","requestId":"{id}"}' },
        { after: 3, every: 10, text: '{"level":"warn","time":"{time}","msg":"readiness check failed","check":"payments","err":"connect ECONNREFUSED 10.96.41.17:8080"}' },
      ],
    },
    { ...checkoutAtWork, until: '-40m8s' },
    {
      pods: shop('storefront'),
      since: '-39m',
      logs: [{ after: 2, every: 21, text: '{time} warn  checkout answered 503 (no endpoints) path=/checkout/confirm request={id}' }],
    },
    ...shopAtWork,
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'shop', deployment: 'checkout', startsAt: '-23m40s' }),
}
