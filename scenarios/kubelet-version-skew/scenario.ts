import { ownRule } from '../../control-plane/controller-alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a node was left five minor versions behind the API server; its kubelet is refused a resource it asks for',
  now: '2026-05-11T22:02:02Z',
  nodes: DEFAULT_NODES.map((node) => (node.name === 'worker-2' ? { ...node, kubeletVersion: 'v1.31.9' } : node)),
  steps: [{ at: '-45d', apply: ['10-app.yaml'] }, { at: '-5m' }],
  alert: ownRule('KubeVersionMismatch', {
    startsAt: '-4h',
    labels: { node: 'worker-2', job: 'kube-state-metrics' },
    summary: 'Different semantic versions of Kubernetes components running.',
    description: 'There are 2 different semantic versions of Kubernetes components running; worker-2 runs v1.31.9.',
    expr: 'count by (cluster) (count by (git_version, cluster) (kubernetes_build_info)) > 1',
  }),
}
