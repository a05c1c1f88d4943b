import { waiting } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a CI template fills an upper-case owner into an image name',
  now: '2026-10-21T04:40:00Z',
  steps: [
    { at: '-1d2h1m', apply: ['10-job.yaml'] },
    { at: '-2h40m11s', apply: ['20-job.yaml'] },
  ],
  behaviours: [{ pods: { namespace: 'ci-builds' }, logs: [{ after: 11, text: '{time} 214 passed, 0 failed, 3 skipped' }] }],
  alert: waiting('ci-builds', 'nightly-e2e-4812', 'runner', 'InvalidImageName', '-1h38m'),
}
