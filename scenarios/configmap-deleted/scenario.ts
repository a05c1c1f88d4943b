import type { Scenario } from '../../control-plane/scenario.ts'
import { kubePrometheus } from '../../control-plane/alerts.ts'

export const scenario: Scenario = {
  title: 'somebody tidies up a ConfigMap that is in use; nothing happens until the workload is scaled out for the evening',
  now: '2026-11-03T18:44:12Z',
  steps: [
    { at: '-40d3h12m8s', apply: ['shared/platform.yaml', '10-fraud.yaml'] },
    { at: '-6h12m', delete: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'fraud', name: 'scoring-rules' }] },
    {
      at: '-41m9s',
      manager: 'kubectl-scale',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'fraud', name: 'scoring', patch: { spec: { replicas: 5 } } }],
    },
  ],
  behaviours: [{ pods: { labels: { app: 'scoring' } }, logs: [{ after: 2, text: 'INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)' }] }],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'fraud', deployment: 'scoring', startsAt: '-25m' }),
}
