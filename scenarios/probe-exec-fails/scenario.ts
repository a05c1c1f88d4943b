import { notReady } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the readiness probe of a bare pod can only fail',
  now: '2026-02-02T02:02:02Z',
  steps: [
    { at: '-44d1h', apply: ['shared/platform.yaml'] },
    { at: '-43m', apply: ['10-pod.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'catalogue' }, probes: { readiness: { output: '' } }, logs: [{ after: 0, every: 5, text: 'Running...' }] },
  ],
  alert: notReady('catalogue', 'search-details', '-27m'),
}
