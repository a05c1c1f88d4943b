import { notReady } from '../shared/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a node is tainted for one team; the network agent does not tolerate it, so the node stays NotReady and the team’s pod pending',
  now: '2026-06-24T17:31:55Z',
  nodes: [
    ...DEFAULT_NODES,
    {
      name: 'worker-4',
      ip: '10.20.1.14',
      zone: 'fra1-a',
      cpu: '16',
      memory: '65806344Ki',
      labels: { 'node.example.com/pool': 'ml' },
      faults: [
        {
          since: '-49m',
          notReady: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
        },
      ],
    },
  ],
  steps: [
    { at: '-92d', apply: ['05-flannel.yaml'] },
    { at: '-30d', apply: ['10-forecast.yaml'] },
    {
      at: '-56m',
      manager: 'kubectl-taint',
      patch: [{ apiVersion: 'v1', kind: 'Node', name: 'worker-4', patch: { spec: { taints: [{ key: 'dedicated', value: 'ml', effect: 'NoExecute' }] } } }],
      wait: 2500,
    },
    { at: '-49m' },
    { at: '-48m', wait: 3000 },
    { at: '-35m', manager: 'helm', apply: ['20-trainer.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'kube-flannel' },
      logs: [
        {
          after: 1,
          text: 'I0324 {clock}401       1 main.go:211] CLI flags config: {etcdEndpoints:http://127.0.0.1:4001 kubeSubnetMgr:true iface:[] ipMasq:true}\nI0324 {clock}817       1 kube.go:139] Waiting 10m0s for node controller to sync\nI0324 {clock}902       1 main.go:525] Running backend.',
        },
      ],
    },
  ],
  alert: notReady('forecast', 'trainer', '-19m'),
}
