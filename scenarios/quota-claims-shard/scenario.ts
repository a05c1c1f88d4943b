import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setEnv } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

import { envOf } from '../../control-plane/kubelet/behaviours.ts'

export const scenario: Scenario = {
  title: 'the third InfluxDB shard gets no claim, and the collector that is told of it fails',
  now: '2026-04-21T03:38:09Z',
  nodes: [
    { name: 'plant-n1', ip: '10.60.0.11' },
    { name: 'plant-n2', ip: '10.60.0.12' },
    { name: 'plant-n3', ip: '10.60.0.13' },
  ],
  steps: [
    { at: '-44d7h', apply: ['10-telemetry.yaml'] },
    {
      at: '-41m',
      manager: 'argocd-controller',
      patch: [
        { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'plant-telemetry', name: 'influx', patch: { spec: { replicas: 3 } } },
        setEnv({ kind: 'Deployment', namespace: 'plant-telemetry', name: 'opcua-collector' }, 'collector', 'SHARDS', 'influx-0.influx:8086,influx-1.influx:8086,influx-2.influx:8086'),
      ],
    },
  ],
  behaviours: [
    { pods: { namespace: 'plant-telemetry', name: 'influx' }, logs: [{ after: 2, text: 'ts={time} lvl=info msg=Listening log_id=0yQ service=tcp-listener transport=http addr=:8086 port=8086' }] },
    {
      pods: { namespace: 'plant-telemetry', name: 'opcua-collector', where: (pod) => envOf(pod, 'SHARDS')?.includes('influx-2') ?? false },
      exits: { code: 1, after: 4 },
      logs: [
        { after: 0.2, text: '{time} INFO  [main] collector: 214 OPC UA nodes subscribed' },
        { after: 3.5, text: '{time} FATAL [writer-2] shard influx-2.influx:8086: dial tcp: lookup influx-2.influx on 10.96.0.10:53: no such host' },
      ],
    },
  ],
  alert: (podsOf) => {
    const pod = podsOf('plant-telemetry', 'opcua-collector-').find(({ spec }) => JSON.stringify(spec).includes('influx-2'))
    return kubePrometheus.podCrashLooping({ namespace: 'plant-telemetry', pod: pod.metadata.name, container: 'collector', startsAt: '-24m' })
  },
}
