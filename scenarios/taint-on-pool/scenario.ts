import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a model server selects the accelerator pool and does not tolerate its taint',
  now: '2026-08-01T15:15:15Z',
  nodes: [
    { name: 'general-1', ip: '10.3.1.1' },
    { name: 'general-2', ip: '10.3.1.2' },
    { name: 'accel-1', ip: '10.3.9.1', cpu: '48', memory: '393216000Ki', labels: { 'node.pool': 'accelerated' }, taints: [{ key: 'accelerator', value: 'true', effect: 'NoSchedule' }] },
  ],
  steps: [
    { at: '-21d', apply: ['10-inference.yaml'] },
    { at: '-57m', manager: 'helm', apply: ['20-gateway.yaml'] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'inference', deployment: 'llm-gateway', startsAt: '-41m' }),
}
