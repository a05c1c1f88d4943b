import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'Envoy is told to read a file that its ConfigMap holds under another name',
  now: '2026-02-14T09:00:00Z',
  steps: [{ at: '-38m', apply: ['10-gatehouse.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'gatehouse' },
      exits: { code: 1, after: 0.5 },
      logs: [
        { after: 0.1, text: '[{time}][1][info][main] [source/server/server.cc:432] initializing epoch 0 (base id=0, hot restart version=11.104)' },
        { after: 0.2, text: '[{time}][1][critical][main] [source/server/server.cc:414] error initializing config \'  /etc/envoy/envoy.yaml\': unable to read file: /etc/envoy/envoy.yaml\n[{time}][1][info][main] [source/server/server.cc:1076] exiting\nunable to read file: /etc/envoy/envoy.yaml' },
      ],
    },
  ],
  alert: crashLooping('gatehouse', 'envoy-edge-', 'envoy', '-21m'),
}
