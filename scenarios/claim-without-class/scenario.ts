import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a claim relies on a default class in a cluster that has none',
  now: '2026-02-13T16:33:20Z',
  steps: [
    { at: '-60d', manager: 'kubeadm', apply: ['05-class.yaml'] },
    { at: '-1h15m', manager: 'helm', apply: ['10-grafana.yaml'] },
  ],
  alert: (podsOf) => kubePrometheus.podNotReady({ namespace: 'dashboards', pod: podsOf('dashboards')[0].metadata.name, startsAt: '-59m' }),
}
