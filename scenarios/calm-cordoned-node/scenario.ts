import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a cordoned node that nobody misses',
  now: '2026-05-25T19:19:19Z',
  steps: [
    { at: '-33d', apply: ['10-gym.yaml'] },
    { at: '-38m', manager: 'kubectl-cordon', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'worker-2', patch: { spec: { unschedulable: true } } }] },
    { at: '-37m', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'gym', name: 'booking-0' }] },
  ],
  alert: kubePrometheus.podNotReady({ namespace: 'gym', pod: 'booking-0', startsAt: '-20m' }),
}
