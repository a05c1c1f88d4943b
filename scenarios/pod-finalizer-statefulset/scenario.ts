import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a pod of a StatefulSet keeps a finalizer of a tool that is gone, so its ordinal is never made anew',
  now: '2026-10-17T05:25:25Z',
  steps: [
    { at: '-45d', apply: ['10-store.yaml'] },
    {
      at: '-3d',
      manager: 'chaosctl',
      patch: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          namespace: 'objects',
          name: 'minio-1',
          patch: { metadata: { finalizers: ['chaos.tools.example/restore'] } },
        },
      ],
    },
    { at: '-47m', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'objects', name: 'minio-1' }] },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'objects', statefulset: 'minio', startsAt: '-31m' }),
}
