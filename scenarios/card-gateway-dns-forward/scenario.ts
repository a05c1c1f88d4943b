import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const Corefile = `.:53 {
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
    forward . 10.30.0.53 10.30.0.54 {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`
const failed = (host: string) => `lookup ${host} on 10.96.0.10:53: server misbehaving`

export const scenario: Scenario = {
  title: 'CoreDNS forwards to resolvers that do not answer',
  now: '2026-08-11T13:37:19Z',
  steps: [
    { at: '-73d', apply: ['shared/monitoring.yaml', '10-cards.yaml'], manager: 'helm' },
    { at: '-33m', manager: 'kubectl-edit', patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns', patch: { data: { Corefile } } }] },
  ],
  behaviours: [
    {
      pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      logs: [{ after: 1, text: '.:53\n[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568' }],
    },
    {
      pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      since: '-32m20s',
      logs: [
        { after: 0, text: '[INFO] Reloading\n[INFO] plugin/reload: Running configuration SHA512 = 2f7a1e0c7b65a0c5ad0c3bb1ac3ff7a5f9d21d3ed4c5c6a0a3f1b1a7b34d9d02f9a6f5c5b1c2e6a1d4b8e0f3c7d9a2b4e6f8091a3b5c7d9e1f3a5b7c9d0e2f4a6\n[INFO] Reloading complete' },
        { after: 4, every: 9, text: '[ERROR] plugin/errors: 2 auth.cardnet-visa.example. A: read udp {podip}:4{ms}17->10.30.0.53:53: i/o timeout\n[ERROR] plugin/errors: 2 auth.cardnet-visa.example. AAAA: read udp {podip}:3{ms}92->10.30.0.54:53: i/o timeout' },
        { after: 5, every: 13, text: '[ERROR] plugin/errors: 2 mip.cardnet-mc.example. A: read udp {podip}:5{ms}08->10.30.0.54:53: i/o timeout' },
        { after: 40, every: 61, text: '[ERROR] plugin/errors: 2 smtp.mailjar.example. A: read udp {podip}:4{ms}33->10.30.0.53:53: i/o timeout' },
      ],
    },
    { pods: { namespace: 'acquiring', labels: { app: 'card-gateway' } }, until: '-32m', logs: [{ after: 2, every: 5, text: '{"time":"{time}","level":"info","msg":"authorized","scheme":"visa","stan":"{id}","ms":{ms}}' }] },
    {
      pods: { namespace: 'acquiring', labels: { app: 'card-gateway' } },
      since: '-32m',
      logs: [
        { after: 3, every: 7, text: `{"time":"{time}","level":"error","msg":"authorization failed","scheme":"visa","stan":"{id}","err":"Post \\"https://auth.cardnet-visa.example:8443/v2/authorizations\\": dial tcp: ${failed('auth.cardnet-visa.example')}"}` },
        { after: 5, every: 11, text: `{"time":"{time}","level":"error","msg":"authorization failed","scheme":"mastercard","stan":"{id}","err":"Post \\"https://mip.cardnet-mc.example/authorize\\": dial tcp: ${failed('mip.cardnet-mc.example')}"}` },
      ],
    },
    { pods: { namespace: 'acquiring', labels: { app: 'chargeback-mailer' } }, since: '-32m', logs: [{ after: 40, every: 60, text: '{time} WARN  c.s.mailer.Outbox - 3 mails kept for later: com.sun.mail.util.MailConnectException: Couldn\'t connect to host, port: smtp.mailjar.example, 587; timeout 10000; nested exception is: java.net.UnknownHostException: smtp.mailjar.example' }] },
    { pods: { namespace: 'acquiring', labels: { app: 'token-vault' } }, logs: [{ after: 2, every: 10, text: '{time} INFO detokenize ok in {ms}ms' }] },
  ],
  alert: ownRule('CardAuthorizationRateLow', {
    startsAt: '-28m',
    labels: { namespace: 'acquiring', app: 'card-gateway', severity: 'critical', team: 'acquiring' },
    summary: 'Card authorizations fail.',
    description: 'Only 2.1% of the card authorizations of the last 5 minutes were answered by a scheme.',
    expr: 'sum(rate(card_authorizations_total{outcome="answered"}[5m])) / sum(rate(card_authorizations_total[5m])) < 0.9',
  }),
}
