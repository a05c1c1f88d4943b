import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'

export const scenario: Scenario = {
  title: 'a roll-out with a wrong tag was undone half an hour ago; its warnings are still there',
  now: '2026-05-28T14:14:14Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-22d', apply: ['10-lab.yaml'] },
    {
      at: '-48m',
      manager: 'kubectl-set',
      patch: [setImage({ kind: 'Deployment', namespace: 'lab', name: 'samples' }, 'samples', 'registry.lab.example/samples:3.1.1-rc')],
    },
    {
      at: '-34m',
      manager: 'kubectl-rollout',
      patch: [setImage({ kind: 'Deployment', namespace: 'lab', name: 'samples' }, 'samples', 'registry.lab.example/samples:3.1.0')],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'lab', where: (pod: KubeObject) => pod.spec.containers[0].image.endsWith('-rc') },
      pull: registry.notFound('registry.lab.example/samples:3.1.1-rc'),
    },
    {
      pods: { namespace: 'lab', labels: { app: 'samples' } },
      logs: [{ after: 2, every: 40, text: '{time} INFO samples: stored id={id}' }],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'lab', deployment: 'samples', startsAt: '-36m' }),
}
