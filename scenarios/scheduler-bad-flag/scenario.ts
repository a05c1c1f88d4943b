import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the scheduler’s static pod was given a flag that it does not know; new pods stay pending and nobody says why',
  now: '2026-08-02T18:42:12Z',
  nodes: [
    {
      name: 'cp-1',
      ip: '10.20.0.10',
      taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      labels: { 'node-role.kubernetes.io/control-plane': '' },
    },
    ...DEFAULT_NODES,
  ],
  steps: [
    { at: '-45d', apply: ['10-cp.yaml', '20-app.yaml'] },
    {
      at: '-46m',
      stop: 'kube-scheduler',
      delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: 'kube-scheduler-cp-1' }],
    },
    { at: '-45m50s', apply: ['30-scheduler.yaml'] },
    {
      at: '-38m',
      manager: 'kubectl',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'transcode', name: 'worker', patch: { spec: { replicas: 4 } } }],
    },
  ],
  behaviours: [
    {
      pods: {
        namespace: 'kube-system',
        name: 'kube-scheduler-',
        where: (pod: KubeObject) => pod.spec.containers[0].command.some((c: string) => c.startsWith('--policy-config')),
      },
      exits: { code: 1, after: 0.2 },
      logs: [{ after: 0.1, text: 'Error: unknown flag: --policy-config-file\nUsage:\n  kube-scheduler [flags]' }],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podNotReady({
      namespace: 'transcode',
      pod: podsOf('transcode', 'worker-').find(({ spec }) => !spec.nodeName)?.metadata.name,
      startsAt: '-21m',
    }),
}
