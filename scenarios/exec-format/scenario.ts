import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'ghcr.io/robotics-example/frame-grabber:0.8.0'

export const scenario: Scenario = {
  title: 'a release is built on a laptop for arm64 only',
  now: '2026-03-19T14:14:14Z',
  steps: [
    { at: '-12d3h12m8s', apply: ['10-vision.yaml'] },
    {
      at: '-40m41s',
      manager: 'kubectl-client-side-apply',
      patch: [setContainer({ kind: 'Deployment', namespace: 'vision', name: 'frame-grabber' }, 'grabber', { image: NEW, args: ['--fps', '25'] })],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'vision', where: (pod) => pod.spec.containers[0].image === NEW },
      exits: { code: 255, after: 0.4 },
      logs: [{ after: 0, text: 'exec /usr/local/bin/frame-grabber: exec format error' }],
    },
    { pods: { namespace: 'vision' }, logs: [{ after: 1, every: 20, text: '{time}  INFO frame_grabber: 300 frames in 20.0s' }] },
  ],
  alert: crashLooping('vision', 'frame-grabber-', 'grabber', '-22m'),
}
