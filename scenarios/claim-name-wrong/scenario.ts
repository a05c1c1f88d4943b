import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a chart was renamed and its pods look for a claim that never was',
  now: '2026-05-22T22:22:22Z',
  steps: [
    { at: '-66d', apply: ['10-forum.yaml'] },
    {
      at: '-31m',
      manager: 'helm',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'forum',
          name: 'web',
          patch: { spec: { template: { spec: { volumes: [{ name: 'uploads', persistentVolumeClaim: { claimName: 'forum-web-uploads-pvc' } }] } } } },
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'forum', deployment: 'web', startsAt: '-15m' }),
}
