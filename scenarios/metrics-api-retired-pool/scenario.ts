import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const pool = (name: string) => ({ labels: { 'cloud.example.net/pool': name } })

export const scenario: Scenario = {
  title: 'metrics-server is pinned to a node pool that was replaced',
  now: '2026-04-25T17:36:20Z',
  nodes: [
    { name: 'game-c-1hx2', ip: '10.9.16.21', ...pool('game-c') },
    { name: 'game-c-8kd0', ip: '10.9.16.22', ...pool('game-c') },
    { name: 'system-a-m3p9', ip: '10.9.16.5', ...pool('system-a'), kubeletVersion: 'v1.35.5', left: '-2h9m' },
    { name: 'system-b-4f7q', ip: '10.9.16.8', ...pool('system-b'), joined: '-2h31m' },
  ],
  steps: [
    { at: '-92d', apply: ['10-metrics-server.yaml', '20-apiservice.yaml'], manager: 'helm' },
    { at: '-88d', apply: ['shared/kps.yaml'], manager: 'helm' },
    { at: '-61d', apply: ['30-lobby.yaml'], manager: 'kubectl-client-side-apply' },
    { at: '-2h14m', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'system-a-m3p9', patch: { spec: { unschedulable: true } } }] },
    {
      at: '-2h9m',
      manager: 'kube-apiserver',
      patch: [
        {
          apiVersion: 'apiregistration.k8s.io/v1',
          kind: 'APIService',
          name: 'v1beta1.metrics.k8s.io',
          subresource: 'status',
          patch: { status: { conditions: [{ type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }] } },
        },
      ],
      wait: 1500,
    },
    // Tonight is a tournament.
    { at: '-1h22m', apply: ['40-tournament-hpa.yaml'], manager: 'kubectl-client-side-apply', wait: 3000 },
  ],
  behaviours: [
    ...around,
    {
      pods: { namespace: 'lobby', labels: { app: 'lobby-gateway' } },
      logs: [
        { after: 2, text: '{"level":"info","ts":"{time}","caller":"main.go:215","msg":"Startup done"}' },
        { after: 20, every: 15, text: '{"level":"info","ts":"{time}","caller":"server/matchmaker_process.go:88","msg":"Matchmaker processed","active_index_count":{ms},"matched_count":4}' },
      ],
    },
  ],
  alert: {
    labels: { alertname: 'KubeAggregatedAPIDown', name: 'v1beta1.metrics.k8s.io', namespace: 'default', prometheus: 'monitoring/kps-prometheus', severity: 'warning' },
    annotations: {
      description: 'Kubernetes aggregated API v1beta1.metrics.k8s.io/default has been only 0% available over the last 10m on cluster .',
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubeaggregatedapidown',
      summary: 'Kubernetes aggregated API is down.',
    },
    startsAt: '-1h54m',
    expr: '(1 - max by (name, namespace, cluster)(avg_over_time(aggregator_unavailable_apiservice{job="apiserver"}[10m]))) * 100 < 85',
  },
}
