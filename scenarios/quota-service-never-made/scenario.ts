import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setEnv } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

import { envOf } from '../../control-plane/kubelet/behaviours.ts'

export const scenario: Scenario = {
  title: 'a caller cannot resolve a Service that the quota never let Flux make',
  now: '2026-05-19T10:11:20Z',
  steps: [
    { at: '-90d1h', apply: ['10-bookings.yaml'] },
    { at: '-35m', manager: 'kustomize-controller', apply: ['20-seatmap.yaml'], patch: [setEnv({ kind: 'Deployment', namespace: 'bookings', name: 'checkin' }, 'checkin', 'SEATMAP_URL', 'http://seatmap:8080')] },
  ],
  behaviours: [
    {
      pods: { namespace: 'bookings', name: 'checkin', where: (pod) => envOf(pod, 'SEATMAP_URL') !== undefined },
      exits: { code: 1, after: 3 },
      logs: [
        { after: 1, text: 'checkin 6.4.0 starting on node v22.20.0' },
        {
          after: 2,
          text: 'Error: getaddrinfo ENOTFOUND seatmap\n    at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26) {\n  errno: -3008,\n  code: \'ENOTFOUND\',\n  syscall: \'getaddrinfo\',\n  hostname: \'seatmap\'\n}',
        },
      ],
    },
    { pods: { namespace: 'bookings', name: 'seatmap' }, logs: [{ after: 1, text: '{time} seatmap listening on 0.0.0.0:8080' }] },
  ],
  alert: (podsOf) => {
    const pod = podsOf('bookings', 'checkin-').find(({ spec }) => JSON.stringify(spec).includes('SEATMAP_URL'))
    return kubePrometheus.podCrashLooping({ namespace: 'bookings', pod: pod.metadata.name, container: 'checkin', startsAt: '-19m' })
  },
}
