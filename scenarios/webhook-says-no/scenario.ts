import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an image policy refuses a tag that moves',
  now: '2026-03-17T09:09:09Z',
  steps: [
    { at: '-52d', apply: ['10-verify.yaml', '20-wallet.yaml'] },
    { at: '-37m', manager: 'kubectl-set', patch: [setImage({ kind: 'Deployment', namespace: 'wallet', name: 'card-vault' }, 'card-vault', 'registry.pay.example/card-vault:latest')] },
  ],
  behaviours: [
    {
      pods: { namespace: 'image-verify' },
      admits: ({ object }) =>
        object.spec.containers.some(({ image }: { image: string }) => image.endsWith(':latest'))
          ? `policy require-fixed-tag: container image ${object.spec.containers[0].image} must not use the tag latest; pin a version or a digest`
          : null,
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'wallet', deployment: 'card-vault', startsAt: '-11m' }),
}
