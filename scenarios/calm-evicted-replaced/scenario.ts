import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'evicted pods of the morning, long replaced',
  now: '2026-03-06T16:06:06Z',
  nodes: [
    { name: 'lib-1', ip: '10.2.0.1', faults: [{ pressure: 'DiskPressure', since: '-53m', until: '-46m' }] },
    { name: 'lib-2', ip: '10.2.0.2' },
  ],
  steps: [
    { at: '-14d', apply: ['10-library.yaml'] },
    // The controllers see the eviction by the real clock.
    { at: '-50m', wait: 2000 },
  ],
  behaviours: [
    {
      pods: { namespace: 'library', name: 'indexer', where: (pod) => pod.spec.nodeName === 'lib-1' },
      since: '-52m',
      until: '-47m',
      evicted: { message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 8387377152, available: 7911432Ki. Container indexer was using 9120344Ki, request is 0, has larger consumption of ephemeral-storage. ' },
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'library', deployment: 'indexer', startsAt: '-41m' }),
}
