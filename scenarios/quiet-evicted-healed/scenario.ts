import { throttled } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'healthy: a pod was evicted five hours ago; its successor runs, its record remains',
  now: '2026-10-24T20:00:00Z',
  steps: [{ at: '-18d', apply: ['10-video.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'video-chat', where: (pod) => pod.spec.nodeName === 'worker-1' },
      since: '-5h',
      until: '-4h59m59s',
      evicted: { message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 7622432632, available: 7001Mi. Container mixer was using 912Mi, request is 0, has larger consumption of ephemeral-storage. ' },
    },
    { pods: { namespace: 'video-chat' }, logs: [{ after: 1, every: 40, text: '{time} INFO rooms={ms} cpu=61%' }] },
  ],
  alert: throttled('video-chat', 'mixer-', 'mixer', 71.0, '-25m'),
}
