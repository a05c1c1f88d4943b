import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a worker ends at once, and without an error, because a variable is not set',
  now: '2026-01-07T05:55:00Z',
  steps: [
    { at: '-44d1h', apply: ['shared/platform.yaml'] },
    { at: '-52m', apply: ['10-worker.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'settlement' }, exits: { code: 0, after: 0.2 }, logs: [{ after: 0, text: 'Environment variable DEPLOY_ENV is undefined' }] },
  ],
  alert: crashLooping('settlement', 'payout-worker-', 'worker', '-36m'),
}
