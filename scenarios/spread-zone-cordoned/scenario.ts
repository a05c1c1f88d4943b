import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'pods are spread over zones; the only node of one zone was left cordoned, and scaling out stops half-way',
  now: '2026-11-03T19:47:30Z',
  steps: [
    { at: '-60d', apply: ['../../../scenarios/shared/platform.yaml'] },
    { at: '-42d', apply: ['10-realtime.yaml'] },
    { at: '-6d3h', manager: 'kubectl-cordon', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'worker-3', patch: { spec: { unschedulable: true } } }] },
    { at: '-37m', manager: 'kubectl-scale', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'realtime', name: 'ws-gateway', patch: { spec: { replicas: 6 } } }] },
  ],
  behaviours: [
    {
      pods: { namespace: 'realtime', labels: { app: 'ws-gateway' } },
      logs: [
        { after: 1, text: '{clock} [info] Running RealtimeWeb.Endpoint with Bandit 1.8.0 at 0.0.0.0:4000 (http)' },
        { after: 30, every: 60, text: '{clock} [info] sockets=18{ms} memory=412MB run_queue=0' },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'realtime', deployment: 'ws-gateway', startsAt: '-21m' }),
}
