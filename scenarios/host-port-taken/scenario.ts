import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a new agent on the network of the nodes wants port 9100, which another agent has',
  now: '2026-06-29T13:50:00Z',
  steps: [
    { at: '-77d', apply: ['10-exporter.yaml'] },
    { at: '-45m', apply: ['20-agent.yaml'] },
  ],
  behaviours: [
    {
      pods: { labels: { app: 'apm-agent' } },
      exits: { code: 1, after: 2 },
      logs: [
        { after: 0.5, text: '{time} | CORE | INFO | (cmd/agent/run.go:311) | Starting agent v7.70.2' },
        { after: 1.5, text: '{time} | CORE | ERROR | (cmd/agent/run.go:482) | Could not serve metrics: listen tcp 0.0.0.0:9100: bind: address already in use' },
      ],
    },
    { pods: { labels: { app: 'node-exporter' } }, logs: [{ after: 0.5, text: 'time={time} level=INFO source=tls_config.go:347 msg="Listening on" address=[::]:9100' }] },
  ],
  alert: crashLooping('vendor-agent', 'apm-agent-', 'agent', '-28m'),
}
