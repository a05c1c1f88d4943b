import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const eso = { namespace: 'external-secrets', labels: { 'app.kubernetes.io/name': 'external-secrets' } }
const cnpg = { namespace: 'cnpg-system', labels: { 'app.kubernetes.io/name': 'cloudnative-pg' } }
const app = (name: string) => ({ namespace: 'insurance-quotes', labels: { app: name } })
/** While the provider replaced the control plane's machine. */
const GONE = '-1h48m20s'
const node = (name: string, ip: string) => ({ name, ip, zone: 'europe-west4-b', cpu: '8', kubeletVersion: 'v1.36.2' })

export const scenario: Scenario = {
  title: 'the control plane was upgraded nearly two hours ago, all is well since',
  now: '2026-10-06T05:52:10Z',
  nodes: [node('gke-quotes-pool-1-5c0f7d3e-2mzq', '10.164.0.21'), node('gke-quotes-pool-1-5c0f7d3e-8xkt', '10.164.0.22'), node('gke-quotes-pool-1-5c0f7d3e-wv4d', '10.164.0.23')],
  steps: [
    { at: '-93d', apply: ['shared/kps.yaml', '05-operators.yaml'], manager: 'helm' },
    { at: '-41d', apply: ['10-apps.yaml'], manager: 'helm' },
    { at: '-1h47m30s', wait: 1500 },
    { at: '-1h40m', wait: 500 },
  ],
  behaviours: [
    ...around,
    { pods: eso, since: GONE, exits: { code: 1, after: 10.4, times: 1 } },
    {
      pods: eso,
      logs: [
        { after: 1, text: '{"level":"info","ts":{epoch},"logger":"controller-runtime.metrics","msg":"Starting metrics server"}' },
        { after: 1.2, text: 'I{klog}       1 leaderelection.go:257] attempting to acquire leader lease external-secrets/external-secrets-controller...' },
        { after: 19, text: 'I{klog}       1 leaderelection.go:271] successfully acquired lease external-secrets/external-secrets-controller' },
        { after: 19.4, text: '{"level":"info","ts":{epoch},"msg":"Starting Controller","controller":"externalsecret","controllerGroup":"external-secrets.io","controllerKind":"ExternalSecret"}' },
        { after: 19.6, text: '{"level":"info","ts":{epoch},"msg":"Starting workers","controller":"externalsecret","controllerGroup":"external-secrets.io","controllerKind":"ExternalSecret","worker count":1}' },
      ],
    },
    {
      pods: eso,
      since: GONE,
      until: '-1h48m8s',
      logs: [
        { after: 1.9, text: 'E{klog}       1 leaderelection.go:429] Failed to update lock optimistically: Put "https://10.96.0.1:443/apis/coordination.k8s.io/v1/namespaces/external-secrets/leases/external-secrets-controller?timeout=5s": dial tcp 10.96.0.1:443: connect: connection refused, falling back to slow path' },
        { after: 2, text: 'E{klog}       1 leaderelection.go:436] error retrieving resource lock external-secrets/external-secrets-controller: Get "https://10.96.0.1:443/apis/coordination.k8s.io/v1/namespaces/external-secrets/leases/external-secrets-controller?timeout=5s": dial tcp 10.96.0.1:443: connect: connection refused' },
        { after: 10.2, text: 'I{klog}       1 leaderelection.go:297] failed to renew lease external-secrets/external-secrets-controller: context deadline exceeded' },
        { after: 10.25, text: '{"level":"error","ts":{epoch},"logger":"setup","msg":"problem running manager","error":"leader election lost"}' },
      ],
    },
    { pods: cnpg, since: GONE, exits: { code: 1, after: 11.3, times: 2 } },
    {
      pods: cnpg,
      logs: [
        { after: 0.6, text: '{"level":"info","ts":"{utc}","logger":"setup","msg":"Starting CloudNativePG Operator","version":"1.27.1","build":{"Version":"1.27.1","Commit":"86d7a7e5","Date":"2025-10-23"}}' },
        { after: 1.6, text: '{"level":"info","ts":"{utc}","msg":"Starting webhook server","logger":"controller-runtime.webhook"}' },
      ],
    },
    { pods: cnpg, since: '-1h47m40s', logs: [{ after: 4, text: '{"level":"info","ts":"{utc}","msg":"Starting workers","controller":"cluster","controllerGroup":"postgresql.cnpg.io","controllerKind":"Cluster","worker count":10}' }] },
    {
      pods: cnpg,
      since: GONE,
      until: '-1h48m6s',
      logs: [
        { after: 3.1, text: 'E{klog}       1 leaderelection.go:436] error retrieving resource lock cnpg-system/db9c8771.cnpg.io: Get "https://10.96.0.1:443/apis/coordination.k8s.io/v1/namespaces/cnpg-system/leases/db9c8771.cnpg.io?timeout=5s": dial tcp 10.96.0.1:443: connect: connection refused' },
        { after: 11.1, text: 'I{klog}       1 leaderelection.go:297] failed to renew lease cnpg-system/db9c8771.cnpg.io: context deadline exceeded' },
        { after: 11.15, text: '{"level":"error","ts":"{utc}","logger":"setup","msg":"problem running manager","error":"leader election lost"}' },
      ],
    },
    {
      pods: cnpg,
      since: '-1h48m6s',
      until: '-1h47m50s',
      logs: [{ after: 2.4, text: '{"level":"error","ts":"{utc}","logger":"setup","msg":"unable to start manager","error":"failed to get server groups: Get \\"https://10.96.0.1:443/api\\": dial tcp 10.96.0.1:443: connect: connection refused"}' }],
    },
    {
      pods: { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'kube-state-metrics' } },
      since: GONE,
      until: '-1h47m40s',
      logs: [{ after: 4, every: 9, text: 'E{klog}       1 reflector.go:205] "Failed to watch" err="failed to list *v1.Pod: Get \\"https://10.96.0.1:443/api/v1/pods?resourceVersion=48815\\": dial tcp 10.96.0.1:443: connect: connection refused" reflector="k8s.io/kube-state-metrics/v2/internal/store/builder.go" type="*v1.Pod"' }],
    },
    {
      pods: app('quote-api'),
      logs: [
        { after: 9.2, text: '{time}  INFO 1 --- [quote-api] [           main] o.s.boot.tomcat.TomcatWebServer          : Tomcat started on port 8080 (http) with context path \'/\'' },
        { after: 40, every: 21, text: '{time}  INFO 1 --- [quote-api] [nio-8080-exec-3] n.q.api.QuoteController                  : quote {id} calculated in {ms} ms' },
      ],
    },
    { pods: app('tariffs'), logs: [{ after: 20, every: 60, text: '{time} info tariffs refreshed 0 of 412 tables, none changed' }] },
  ],
  alert: {
    labels: { alertname: 'KubeAPIErrorBudgetBurn', long: '1d', short: '2h', prometheus: 'monitoring/kps-prometheus', severity: 'warning' },
    annotations: {
      description: 'The API server is burning too much error budget on cluster .',
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubeapierrorbudgetburn',
      summary: 'The API server is burning too much error budget.',
    },
    startsAt: '-44m',
    expr: 'sum by (cluster) (apiserver_request:burnrate1d) > (3.00 * 0.01000) and on (cluster) sum by (cluster) (apiserver_request:burnrate2h) > (3.00 * 0.01000)',
  },
}
