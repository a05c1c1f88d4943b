import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { kubeProxy, prometheus, stateMetrics } from '../shared/around.ts'

const DNS = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }
const start = (sha: string) => `.:53\n[INFO] plugin/reload: Running configuration SHA512 = ${sha}\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568`
const BEFORE = '7a3f2c1be90d44a0b2c86f1d5c0e4be7f2d2f0c9d1c1a8b75e31bb0a6d3f11c27f9d60aa14be52d87cc0f4e1a6b8d7710b9ef0f3d1f2a54c6f3b2e8a9c7d0e15'
const AFTER = 'd0b6e1c95f4a77e2a90f1be38c6d24f1905cc7f8b2ae41f7c3d9a6e2b05f1d84e6c03a7b9124df85b1e0c2a97f6d3e48a5c19b70d2f4e6831a7c5b0e9d8f2a61'

export const scenario: Scenario = {
  title: 'CoreDNS forwards to itself and ends over the loop',
  now: '2026-06-03T09:41:15Z',
  nodes: [
    { name: 'dc2-node-101', ip: '10.50.20.101' },
    { name: 'dc2-node-102', ip: '10.50.20.102' },
    { name: 'dc2-node-103', ip: '10.50.20.103' },
  ],
  steps: [
    { at: '-94d', apply: ['05-corefile.yaml'], manager: 'kubectl-edit' },
    { at: '-85d', apply: ['shared/kps.yaml', 'shared/edge.yaml'], manager: 'helm' },
    { at: '-77d', apply: ['10-citizen.yaml'], manager: 'helm' },
    // One of the data centre's two resolvers goes out of service.
    { at: '-44m', apply: ['20-corefile.yaml'], manager: 'kubectl-edit' },
  ],
  behaviours: [
    kubeProxy,
    prometheus,
    stateMetrics,
    {
      pods: DNS,
      since: '-43m20s',
      exits: { code: 1, after: 6 },
    },
    { pods: DNS, until: '-43m21s', logs: [{ after: 0.4, text: start(BEFORE) }] },
    {
      pods: DNS,
      since: '-43m20s',
      logs: [
        { after: 0.4, text: start(AFTER) },
        { after: 5.9, text: '[FATAL] plugin/loop: Loop ({podip}:{port} -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 5871604920388127744.3019384756610293847."' },
      ],
    },
    {
      pods: { namespace: 'citizen', labels: { app: 'portal-bff' } },
      logs: [
        { after: 2, text: '{"level":"info","time":"{time}","msg":"portal-bff 4.2.0 listening on :3000"}' },
        { after: 12, every: 19, text: '{"level":"info","time":"{time}","msg":"GET /api/me 200","ms":{ms}}' },
      ],
    },
    {
      pods: { namespace: 'citizen', labels: { app: 'portal-bff' } },
      since: '-42m',
      logs: [
        { after: 0, every: 13, text: '{"level":"error","time":"{time}","msg":"login callback failed","err":{"code":"EAI_AGAIN","errno":-3001,"syscall":"getaddrinfo","hostname":"login.id.gov.example","message":"getaddrinfo EAI_AGAIN login.id.gov.example"}}' },
        { after: 4, every: 29, text: '{"level":"error","time":"{time}","msg":"upstream cases failed","err":{"code":"EAI_AGAIN","syscall":"getaddrinfo","hostname":"cases.backoffice","message":"getaddrinfo EAI_AGAIN cases.backoffice"}}' },
      ],
    },
    { pods: { namespace: 'backoffice', labels: { app: 'cases' } }, logs: [{ after: 3, text: '{log4j} INFO  [io.quarkus] (main) cases 1.18.3 on JVM (powered by Quarkus 3.28.1) started in 2.9{ms}s. Listening on: http://0.0.0.0:8080' }] },
  ],
  alert: ownRule('CitizenLoginFailureRatio', {
    startsAt: '-35m',
    labels: { namespace: 'citizen', deployment: 'portal-bff', journey: 'login', severity: 'page' },
    summary: 'Log-ins of citizens fail.',
    description: '94% of the log-ins at portal-bff failed in the last 5 minutes.',
    expr: 'sum(rate(login_callbacks_total{namespace="citizen",result="error"}[5m])) / sum(rate(login_callbacks_total{namespace="citizen"}[5m])) > 0.2',
  }),
}
