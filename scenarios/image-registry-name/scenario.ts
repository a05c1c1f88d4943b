import { kubePrometheus } from '../../control-plane/alerts.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const WRONG = 'harbor.plant-eu.exmaple/iot/line-probe:2.4.0'

export const scenario: Scenario = {
  title: 'an update of a DaemonSet mistypes the host of the registry',
  now: '2026-08-19T06:12:40Z',
  steps: [
    { at: '-70d3h12m8s', apply: ['10-telemetry.yaml'] },
    {
      at: '-47m10s',
      manager: 'kubectl-set',
      patch: [setImage({ kind: 'DaemonSet', namespace: 'edge-telemetry', name: 'line-probe' }, 'probe', WRONG)],
    },
  ],
  behaviours: [
    { pods: { namespace: 'edge-telemetry', where: (pod) => pod.spec.containers[0].image === WRONG }, pull: registry.unknownHost(WRONG) },
    { pods: { labels: { app: 'line-probe' } }, logs: [{ after: 2, every: 30, text: '{time} INFO published {n} readings' }] },
    { pods: { labels: { app: 'broker' } }, logs: [{ after: 0, text: '1755583960: mosquitto version 2.0.22 running' }] },
  ],
  alert: kubePrometheus.daemonSetRolloutStuck({ namespace: 'edge-telemetry', daemonset: 'line-probe', startsAt: '-28m' }),
}
