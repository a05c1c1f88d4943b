import { registry } from '../../control-plane/kubelet/messages.ts'
import { waiting } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'Docker Hub refuses further anonymous pulls when notebooks are scaled out',
  now: '2026-09-29T10:31:15Z',
  steps: [
    { at: '-33d3h12m8s', apply: ['10-notebooks.yaml'] },
    {
      at: '-1h42m5s',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'notebooks', name: 'gpu-notebook', patch: { spec: { replicas: 4 } } }],
      manager: 'kubectl-scale',
    },
  ],
  behaviours: [
    { pods: { namespace: 'notebooks' }, since: '-2h', pull: registry.tooMany('jupyter/scipy-notebook:2025-06-30') },
    { pods: { namespace: 'notebooks' }, logs: [{ after: 3, text: '[I {date} ServerApp] Jupyter Server 2.16.0 is running at:\n[I {date} ServerApp] http://127.0.0.1:8888/lab' }] },
  ],
  alert: waiting('notebooks', 'gpu-notebook-', 'jupyter', 'ImagePullBackOff', '-38m'),
}
