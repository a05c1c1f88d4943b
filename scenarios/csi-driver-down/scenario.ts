import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the storage driver’s node plugin ends with a wrong flag; a pod that moves cannot mount its volume',
  now: '2026-09-21T21:05:13Z',
  steps: [
    { at: '-44d', apply: ['10-csi.yaml', '20-app.yaml'] },
    {
      at: '-1h10m',
      manager: 'helm',
      patch: [
        setContainer({ kind: 'DaemonSet', namespace: 'storage-system', name: 'blockd-node' }, 'driver', {
          args: ['--endpoint=unix:///csi/csi.sock', '--nodeid=$(NODE_NAME)', '--max-volume-per-node=25'],
        }),
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          namespace: 'storage-system',
          name: 'blockd-node',
          patch: { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: '100%' } } } },
        },
      ],
    },
    { at: '-35m', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'maps', name: 'tiles-0' }] },
  ],
  behaviours: [
    {
      pods: { namespace: 'storage-system', where: (pod: KubeObject) => pod.spec.containers[0].args.includes('--max-volume-per-node=25') },
      container: 'driver',
      exits: { code: 2, after: 0.3 },
      logs: [
        {
          after: 0.1,
          text: 'flag provided but not defined: -max-volume-per-node\nUsage of /bin/blockd-csi:\n  -endpoint string\n    \tCSI endpoint (default "unix:///csi/csi.sock")\n  -max-volumes-per-node int',
        },
      ],
    },
    {
      pods: { namespace: 'maps', name: 'tiles-0' },
      since: '-36m',
      mount: {
        volume: 'data',
        message:
          'kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name blockd.csi.example.com not found in the list of registered CSI drivers',
      },
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'maps', statefulset: 'tiles', startsAt: '-19m' }),
}
