import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . 10.40.0.53 10.40.0.54 {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`

export const scenario: Scenario = {
  title: 'CoreDNS forwards to name servers that do not answer; the payment provider cannot be reached',
  now: '2026-07-30T13:08:27Z',
  nodes: [
    { name: 'kube-a01', ip: '10.40.12.11', zone: 'halle-1' },
    { name: 'kube-a02', ip: '10.40.12.12', zone: 'halle-1' },
    { name: 'kube-b01', ip: '10.40.12.21', zone: 'halle-2' },
  ],
  steps: [
    { at: '-89d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-50d', manager: 'helm', apply: ['10-payments.yaml'] },
    { at: '-38m', manager: 'kubectl-edit', patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns', patch: { data: { Corefile: COREFILE } } }] },
  ],
  behaviours: [
    corednsAtWork,
    {
      pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      since: '-37m',
      logs: [
        { after: 12, text: '[INFO] Reloading\n[INFO] plugin/reload: Running configuration SHA512 = 4b0bfa4e2c9d0e0d0a1c6fd8c26a37a3ee51a6b0e9a3bb72f3b6c2f4d8f6e0f5d3f5a9f9b56f1c2bd1f57a3f3d2f7c0f0c1a4d8b9a0c7c4f2b91b3a7e5d6c8f1\n[INFO] Reloading complete' },
        { after: 30, every: 17, text: '[ERROR] plugin/errors: 2 api.mollie.com. A: read udp {podip}:{port}->10.40.0.53:53: i/o timeout' },
        { after: 31, every: 23, text: '[ERROR] plugin/errors: 2 api.mollie.com. AAAA: read udp {podip}:{port}->10.40.0.54:53: i/o timeout' },
        { after: 40, every: 71, text: '[ERROR] plugin/errors: 2 smtp.versand.example. A: read udp {podip}:{port}->10.40.0.53:53: i/o timeout' },
      ],
    },
    { pods: { namespace: 'payments' }, until: '-37m', logs: [{ after: 3, every: 44, text: '[{time}] app.INFO: payment created {"provider":"mollie","ref":"tr_{id}"} []' }] },
    {
      pods: { namespace: 'payments' },
      since: '-36m',
      logs: [
        { after: 3, every: 28, text: '[{time}] app.ERROR: cURL error 6: Could not resolve host: api.mollie.com (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://api.mollie.com/v2/payments {"exception":"[object] (GuzzleHttp\\\\Exception\\\\ConnectException(code: 0): cURL error 6: Could not resolve host: api.mollie.com at /app/vendor/guzzlehttp/guzzle/src/Handler/CurlFactory.php:277)"} []' },
      ],
    },
    { pods: { namespace: 'orders' }, logs: [{ after: 3, every: 39, text: '{time} INFO  order {id} stored' }] },
    {
      pods: { namespace: 'orders' },
      since: '-36m',
      logs: [
        { after: 9, every: 52, text: '{time} ERROR payment of order {id} failed: http://payment-adapter.payments.svc.cluster.local/payments answered 502' },
        { after: 20, every: 140, text: '{time} WARN  mail queued again: lookup smtp.versand.example: server misbehaving' },
      ],
    },
  ],
  alert: rule(
    'PaymentFailureRateHigh',
    '-28m',
    { namespace: 'payments', service: 'payment-adapter', provider: 'mollie', severity: 'critical' },
    'Payments fail.',
    'All payments by mollie have failed for 5 minutes.',
    'sum by (namespace, service, provider) (rate(payments_total{result="error"}[5m])) / sum by (namespace, service, provider) (rate(payments_total[5m])) > 0.2',
  ),
}
