import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the command starts a server in the background and ends: exit code 0, again and again',
  now: '2026-01-12T08:42:00Z',
  steps: [
    { at: '-44d1h', apply: ['shared/platform.yaml'] },
    { at: '-48m', apply: ['10-intranet.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'intranet' },
      exits: { code: 0, after: 0.4 },
      listens: [],
      logs: [{ after: 0.1, text: "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using 10.244.1.9. Set the 'ServerName' directive globally to suppress this message" }],
    },
  ],
  alert: crashLooping('intranet', 'wiki-proxy-', 'httpd', '-30m'),
}
