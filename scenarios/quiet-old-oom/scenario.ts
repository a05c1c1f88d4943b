import { throttled } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'healthy: one container was killed for lack of memory four days ago, once, and has run since',
  now: '2026-07-19T12:00:00Z',
  steps: [
    { at: '-70d', apply: ['shared/platform.yaml'] },
    { at: '-31d3h', apply: ['10-maps.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'maps', name: 'tiles-1' }, since: '-4d2h', exits: { code: 137, after: 300, oom: true, times: 1 } },
    { pods: { namespace: 'maps' }, logs: [{ after: 2, every: 20, text: '::ffff:10.244.1.1 - - [{date}] "GET /styles/basic/12/{ms}/{n}.png HTTP/1.1" 200 21034' }] },
  ],
  alert: throttled('maps', 'tiles-1', 'tiles', 26.4, '-16m'),
}
