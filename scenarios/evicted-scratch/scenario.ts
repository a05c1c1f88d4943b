import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'larger films overflow the size limit of a scratch volume; the kubelet evicts one pod after the other',
  now: '2026-10-17T17:17:17Z',
  steps: [{ at: '-20d3h', apply: ['10-render.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'render-farm' },
      since: '-40m',
      evicted: { after: 420, message: 'Usage of EmptyDir volume "scratch" exceeds the limit "512Mi". ' },
      logs: [{ after: 5, every: 30, text: '{time} INFO extracting frames of asset {id} (3840x2160)' }],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'render-farm', deployment: 'thumbnailer', startsAt: '-12m' }),
}
