import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a saving of CPU lets the liveness probe time out; the container is restarted again and again',
  now: '2026-07-10T17:30:00Z',
  steps: [
    { at: '-39d', apply: ['10-geocode.yaml'] },
    {
      at: '-58m',
      manager: 'kubectl-edit',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'geocode', name: 'reverse' }, 'reverse', { resources: { requests: { cpu: '50m' }, limits: { cpu: '100m' } } }),
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'geocode', where: (pod) => pod.spec.containers[0].resources.limits.cpu === '100m' },
      probes: { liveness: { timeout: true, after: 25 }, readiness: { timeout: true, after: 25 } },
      stop: 'ignored',
      logs: [
        { after: 4, text: '{time} INFO loading index (2.1 GB)' },
        { after: 22, text: '{time} INFO listening on :8080' },
        { after: 30, every: 14, text: '{time} WARN request took 6{ms}12 ms' },
      ],
    },
    { pods: { namespace: 'geocode' }, logs: [{ after: 9, text: '{time} INFO listening on :8080' }, { after: 30, every: 20, text: '{time} INFO {n}00 requests, p99 {ms} ms' }] },
  ],
  alert: crashLooping('geocode', 'reverse-', 'reverse', '-35m'),
}
