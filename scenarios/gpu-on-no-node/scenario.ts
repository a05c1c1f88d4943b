import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'five GPUs for one pod in a cluster whose largest node has four',
  now: '2026-03-20T13:20:00Z',
  nodes: [
    { name: 'pool-std-7f1', ip: '10.128.0.7' },
    { name: 'pool-gpu-a21', ip: '10.128.0.21', cpu: '32', memory: '131900432Ki', resources: { 'nvidia.com/gpu': '4' } },
  ],
  steps: [
    { at: '-30d', apply: ['10-embed.yaml'] },
    { at: '-40m', manager: 'kubectl-create', apply: ['20-getter.yaml'] },
  ],
  alert: (podsOf) => kubePrometheus.podNotReady({ namespace: 'recsys', pod: podsOf('recsys', 'profile-getter-')[0].metadata.name, startsAt: '-24m' }),
}
