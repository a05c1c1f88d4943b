import { kubePrometheus } from '../../control-plane/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'etcd’s database has reached its quota; writes are refused, and a controller’s leases run out',
  now: '2026-07-11T04:29:19Z',
  nodes: [
    {
      name: 'cp-1',
      ip: '10.20.0.10',
      taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      labels: { 'node-role.kubernetes.io/control-plane': '' },
    },
    ...DEFAULT_NODES,
  ],
  steps: [{ at: '-45d', apply: ['10-cp.yaml', '20-app.yaml'] }, { at: '-40m' }],
  behaviours: [
    {
      pods: { namespace: 'kube-system', name: 'etcd-' },
      since: '-40m',
      logs: [
        {
          after: 2,
          every: 20,
          text: '{"level":"warn","ts":"{time}","caller":"etcdserver/apply.go:87","msg":"failed to apply request","took":"12.3µs","request":"header:<ID:9273771> txn:<compare:<target:MOD key:\\"/registry/leases/operators/orders-operator\\">>","response":"size:6","error":"etcdserver: mvcc: database space exceeded"}',
        },
      ],
    },
    {
      pods: { namespace: 'operators', labels: { app: 'orders-operator' } },
      since: '-39m',
      exits: { code: 1, after: 16 },
      logs: [
        { after: 1, text: '{time}\tINFO\tsetup\tstarting manager' },
        {
          after: 15,
          text: 'E0711 03:50:12.118821       1 leaderelection.go:429] Failed to update lock: etcdserver: mvcc: database space exceeded\n{time}\tERROR\tsetup\tproblem running manager\t{"error": "leader election lost"}',
        },
      ],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'operators',
      pod: podsOf('operators', 'orders-operator-')[0].metadata.name,
      container: 'manager',
      startsAt: '-24m',
    }),
}
