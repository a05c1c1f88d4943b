import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork } from '../shared/own.ts'

const gke = { kubeletVersion: 'v1.36.1-gke.1240000', cpu: '8', memory: '32859684Ki' }

export const scenario: Scenario = {
  title: 'a Secret has been taken over with another key; the pods of the morning scale-out cannot be configured',
  now: '2026-09-07T05:58:44Z',
  nodes: [
    { name: 'gke-fleet-prod-pool-1-7d1e0c5b-2hqk', ip: '10.156.0.11', zone: 'europe-west3-a', ...gke },
    { name: 'gke-fleet-prod-pool-1-a90f3c11-w8xn', ip: '10.156.0.12', zone: 'europe-west3-b', ...gke },
    { name: 'gke-fleet-prod-pool-1-c2b47d2e-k4lz', ip: '10.156.0.13', zone: 'europe-west3-c', ...gke },
  ],
  steps: [
    { at: '-85d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-57d', apply: ['10-fleet.yaml'] },
    {
      at: '-6d2h',
      manager: 'external-secrets',
      patch: [
        {
          apiVersion: 'v1',
          kind: 'Secret',
          namespace: 'fleet',
          name: 'route-planner-db',
          patch: {
            metadata: { labels: { 'reconcile.external-secrets.io/managed': 'true' }, annotations: { 'reconcile.external-secrets.io/data-hash': '5f0b3a8a55f0cbb0a95e51d7b7d9e6a4' } },
            data: { password: null, 'db-password': 'bm90LWEtcmVhbC1vbmU=' },
          },
        },
      ],
    },
    { at: '-28m', manager: 'kubectl', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'fleet', name: 'route-planner', patch: { spec: { replicas: 6 } } }] },
  ],
  behaviours: [
    corednsAtWork,
    {
      pods: { namespace: 'fleet', name: 'route-planner' },
      logs: [
        { after: 2, text: 'info: Microsoft.Hosting.Lifetime[14]\n      Now listening on: http://[::]:9090\ninfo: Microsoft.Hosting.Lifetime[0]\n      Application started. Press Ctrl+C to shut down.' },
        { after: 9, every: 58, text: 'info: RoutePlanner.Solver[0]\n      Plan {id} solved in {ms} ms' },
      ],
    },
    { pods: { namespace: 'fleet', name: 'dispatch-web' }, logs: [{ after: 3, every: 49, text: '{time} info: GET /api/plans 200 {ms}ms' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'fleet', deployment: 'route-planner', startsAt: '-12m' }),
}
