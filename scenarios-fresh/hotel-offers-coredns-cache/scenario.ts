import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { coredns, kubeProxy, prometheus, stateMetrics } from '../../scenarios/shared/around.ts'

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
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 3600 {
       success 1000000
       denial 1000000
    }
    loop
    reload
    loadbalance
}
`
const dns = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }
const app = (name: string) => ({ namespace: 'hotel-offers', labels: { app: name } })
const NAME = 'supplier-gateway.hotel-offers.svc.cluster.local'

export const scenario: Scenario = {
  title: 'the cache of CoreDNS outgrows its memory limit',
  now: '2026-07-21T09:48:20Z',
  nodes: [
    { name: 'bf-prod-a1', ip: '10.70.1.5', cpu: '8' },
    { name: 'bf-prod-b1', ip: '10.70.2.5', cpu: '8' },
    { name: 'bf-prod-c1', ip: '10.70.3.5', cpu: '8' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-36d', apply: ['10-hotel.yaml'], manager: 'helm' },
    { at: '-1h1m30s', manager: 'kubectl-edit', patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns', patch: { data: { Corefile: COREFILE } } }] },
  ],
  behaviours: [
    coredns,
    kubeProxy,
    prometheus,
    stateMetrics,
    { pods: { ...dns, where: (pod) => pod.spec.nodeName === 'bf-prod-a1' }, since: '-1h20s', exits: { code: 137, after: 131, oom: true } },
    { pods: dns, since: '-1h20s', exits: { code: 137, after: 164, oom: true } },
    {
      pods: dns,
      since: '-1h20s',
      until: '-1h',
      logs: [{ after: 0, text: '[INFO] Reloading\n[INFO] plugin/reload: Running configuration SHA512 = 51b7f64f6c1c3a1b9a4f2ab6f0a92ec1b6d1d9e4a1f6d22f0ac4bd1a8ee2a6b6a0c4c1f06cf0ef5a3e7b7d7a8be0b8f1bb5d6f2df1f3d70b49eaa9f1bbd4a6d2\n[INFO] Reloading complete' }],
    },
    { pods: app('offers-api'), logs: [{ after: 1, text: 'time={time} level=INFO msg="listening" addr=:8080' }, { after: 9, every: 11, text: 'time={time} level=INFO msg="search done" hotels=4{ms} took={ms}ms' }] },
    { pods: app('offers-api'), since: '-56m', logs: [{ after: 0, every: 13, text: `time={time} level=ERROR msg="supplier search failed" err="Post \\"http://${NAME}:8080/v1/search\\": dial tcp: lookup ${NAME} on 10.96.0.10:53: read udp {podip}:{port}->10.96.0.10:53: read: connection refused"` }] },
    { pods: app('offers-api'), since: '-55m', logs: [{ after: 0, every: 41, text: `time={time} level=ERROR msg="supplier search failed" err="Post \\"http://${NAME}:8080/v1/search\\": dial tcp: lookup ${NAME} on 10.96.0.10:53: read udp {podip}:{port}->10.96.0.10:53: i/o timeout"` }] },
    { pods: app('supplier-gateway'), logs: [{ after: 1, text: 'time={time} level=INFO msg="listening" addr=:8080' }, { after: 14, every: 19, text: 'time={time} level=INFO msg="supplier answered" supplier=sunlink offers={ms}' }] },
    { pods: app('supplier-gateway'), since: '-56m', logs: [{ after: 7, every: 37, text: 'time={time} level=WARN msg="supplier not reached" err="Post \\"https://api.supplier-nord.example/avail\\": dial tcp: lookup api.supplier-nord.example on 10.96.0.10:53: read udp {podip}:{port}->10.96.0.10:53: i/o timeout"' }] },
    { pods: { namespace: 'netflow' }, logs: [{ after: 2, text: '{utc} INFO enricher: reverse look-ups on, 64 workers' }, { after: 60, every: 60, text: '{utc} INFO enricher: 61{ms}0 addresses looked up in the last minute, 4180 distinct' }] },
    { pods: { namespace: 'netflow' }, since: '-56m', logs: [{ after: 3, every: 60, text: '{utc} WARN enricher: 22{ms}0 look-ups timed out' }] },
  ],
  alert: ownRule('OfferSearchErrorRateHigh', {
    startsAt: '-46m',
    labels: { namespace: 'hotel-offers', service: 'offers-api', severity: 'critical', team: 'offers' },
    summary: 'Many hotel searches fail.',
    description: 'offers-api answers 37.8% of its searches with an error.',
    expr: 'sum by (namespace, service) (rate(http_server_requests_total{service="offers-api",status="5xx"}[5m])) / sum by (namespace, service) (rate(http_server_requests_total{service="offers-api"}[5m])) > 0.1',
  }),
}
