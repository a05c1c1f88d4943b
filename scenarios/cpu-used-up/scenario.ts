import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'transcoders are scaled to nine on nodes that hold five of them',
  now: '2026-05-29T19:31:26Z',
  steps: [
    { at: '-45d', apply: ['10-video.yaml'] },
    { at: '-36m', manager: 'kubectl', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'transcoding', name: 'hls-worker', patch: { spec: { replicas: 9 } } }] },
  ],
  behaviours: [
    { pods: { namespace: 'transcoding', name: 'hls-worker' }, logs: [{ after: 3, every: 30, text: '{time} [hls] segment {n} of {id} written in {ms} ms' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'transcoding', deployment: 'hls-worker', startsAt: '-20m' }),
}
