import { kubePrometheus } from '../../control-plane/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a tainted node has no storage driver; the database that may run only there cannot mount its volume',
  now: '2026-09-30T11:20:31Z',
  nodes: [
    ...DEFAULT_NODES,
    { name: 'worker-4', ip: '10.20.1.14', zone: 'fra1-a', labels: { 'node.example.com/pool': 'analytics' }, taints: [{ key: 'workload', value: 'analytics', effect: 'NoSchedule' }] },
  ],
  steps: [
    { at: '-60d', manager: 'helm', apply: ['10-driver.yaml'] },
    { at: '-31m', manager: 'helm', apply: ['20-warehouse.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'warehouse', where: (pod) => pod.spec.nodeName === 'worker-4' },
      mount: {
        volume: 'data',
        message: 'MountVolume.MountDevice failed for volume "pv-warehouse-0" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name hostpath.csi.example.com not found in the list of registered CSI drivers',
      },
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'warehouse', statefulset: 'clickhouse', startsAt: '-14m' }),
}
