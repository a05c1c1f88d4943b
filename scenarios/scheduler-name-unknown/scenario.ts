import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a simulation names a gang scheduler that was never installed',
  now: '2026-03-11T21:43:50Z',
  steps: [
    { at: '-20d', apply: ['10-sim.yaml'] },
    { at: '-2h40m', apply: ['20-cfd.yaml'] },
  ],
  alert: (podsOf) => kubePrometheus.podNotReady({ namespace: 'simulations', pod: podsOf('simulations', 'cfd-')[0].metadata.name, startsAt: '-2h24m' }),
}
