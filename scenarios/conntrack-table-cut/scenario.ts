import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const CONFIG = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clusterCIDR: 10.244.0.0/16
conntrack:
  maxPerCore: 2048
  min: 8192
  tcpCloseWaitTimeout: 1h0m0s
  tcpEstablishedTimeout: 24h0m0s
mode: iptables
`
const proxy = { namespace: 'kube-system', name: 'kube-proxy' }
const started = (max: number) =>
  `I{klog}       1 server.go:547] "Version info" version="v1.36.3"\nI{klog}       1 server.go:549] "Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""\nI{klog}       1 sysctls.go:147] "Setting nf_conntrack_max" nfConntrackMax=${max}\nI{klog}       1 config.go:200] "Starting service config controller"\nI{klog}       1 config.go:106] "Starting endpoint slice config controller"\nI{klog}       1 shared_informer.go:356] "Caches are synced" controller="service config"`

export const scenario: Scenario = {
  title: 'a hardening template gives kube-proxy a conntrack table of 8192; the busiest node fills it',
  now: '2026-11-12T17:37:00Z',
  nodes: [
    { name: 'worker-1', ip: '10.20.1.11', labels: { pool: 'general' } },
    { name: 'worker-2', ip: '10.20.2.12', labels: { pool: 'edge' } },
    { name: 'worker-3', ip: '10.20.3.13', labels: { pool: 'general' } },
  ],
  steps: [
    { at: '-91d', apply: ['shared/tools.yaml'] },
    { at: '-52d', manager: 'argocd-controller', apply: ['10-graph.yaml'] },
    { at: '-4h22m', manager: 'ansible-k8s', patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'kube-proxy', patch: { data: { 'config.conf': CONFIG } } }] },
    {
      at: '-4h20m',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          namespace: 'kube-system',
          name: 'kube-proxy',
          patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-12T13:17:00Z' } } } } },
        },
      ],
    },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    { pods: proxy, until: '-4h20m', logs: [{ after: 0.4, text: started(131072) }] },
    { pods: proxy, since: '-4h20m', logs: [{ after: 0.4, text: started(8192) }] },
    {
      pods: { namespace: 'graph', name: 'graph-gateway' },
      logs: [
        { after: 1, text: '{"level":"info","ts":"{time}","caller":"gateway/main.go:71","msg":"listening","addr":":4000"}' },
        { after: 5, every: 40, text: '{"level":"info","ts":"{time}","caller":"gateway/log.go:33","msg":"query","operation":"Feed","ms":{ms},"status":200}' },
      ],
    },
    {
      pods: { namespace: 'graph', name: 'graph-gateway' },
      since: '-34m',
      logs: [
        { after: 2, every: 27, text: '{"level":"error","ts":"{time}","caller":"gateway/session.go:118","msg":"session lookup failed","error":"dial tcp 10.96.33.14:6379: i/o timeout","operation":"Feed","status":503}' },
        { after: 9, every: 83, text: '{"level":"error","ts":"{time}","caller":"gateway/upstream.go:204","msg":"upstream failed","upstream":"https://images.cdn.example","error":"Get \\"https://images.cdn.example/v1/resolve\\": dial tcp: lookup images.cdn.example on 10.96.0.10:53: read udp {podip}:{port}->10.96.0.10:53: i/o timeout","status":502}' },
      ],
    },
    {
      pods: { namespace: 'graph', name: 'session-redis' },
      logs: [{ after: 1, text: '1:M {date} * Ready to accept connections tcp' }, { after: 3600, every: 3600, text: '1:M {date} * 10 changes in 300 seconds. Saving...\n1:M {date} * Background saving started by pid {ms}' }],
    },
  ],
  alert: (podsOf) => ({
    labels: {
      alertname: 'NodeHighNumberConntrackEntriesUsed',
      namespace: 'monitoring',
      pod: podsOf('monitoring', 'node-exporter').find((pod) => pod.spec.nodeName === 'worker-2')?.metadata.name,
      container: 'kube-rbac-proxy',
      endpoint: 'https',
      instance: 'worker-2',
      job: 'node-exporter',
      prometheus: 'monitoring/k8s',
      severity: 'warning',
    },
    annotations: {
      description: '99.71% of conntrack entries are used.',
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/node/nodehighnumberconntrackentriesused',
      summary: 'Number of conntrack are getting close to the limit.',
    },
    startsAt: '-31m',
    expr: '(node_nf_conntrack_entries{job="node-exporter"} / node_nf_conntrack_entries_limit) > 0.75',
  }),
}
