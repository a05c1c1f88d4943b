import { ownRule } from '../../control-plane/controller-alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a roll-out was paused after its first pod and forgotten; the fix that it brings reaches one pod of four',
  now: '2026-06-16T10:40:40Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-20d', apply: ['10-pos.yaml'] },
    {
      at: '-7h',
      manager: 'kubectl-set',
      patch: [
        setImage({ kind: 'Deployment', namespace: 'pos', name: 'till' }, 'till', 'registry.pos.example/till:2.8.1'),
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pos', name: 'till', patch: { spec: { paused: true } } },
      ],
    },
  ],
  alert: ownRule('VersionSkewInDeployment', {
    startsAt: '-5h',
    labels: { namespace: 'pos', deployment: 'till' },
    summary: 'Pods of one Deployment run different versions for more than an hour.',
    description: 'Deployment pos/till has not updated all of its replicas.',
    expr: 'kube_deployment_status_replicas_updated != kube_deployment_spec_replicas',
  }),
}
