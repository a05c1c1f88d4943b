import { ownRule } from '../../control-plane/controller-alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the device plugin’s DaemonSet wants a node label that no node has, so it runs nowhere',
  now: '2026-10-08T06:20:11Z',
  nodes: DEFAULT_NODES.map((node) => (node.name === 'worker-3' ? { ...node, labels: { accelerator: 'nvidia' } } : node)),
  steps: [
    { at: '-12d', apply: ['10-gpu.yaml'] },
    {
      at: '-3h',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          namespace: 'gpu-system',
          name: 'device-plugin',
          patch: { spec: { template: { spec: { nodeSelector: { accelerator: null, 'gpu.example.com/class': 'a10' } } } } },
        },
      ],
    },
  ],
  alert: ownRule('GpuPluginAbsent', {
    startsAt: '-2h40m',
    labels: { namespace: 'gpu-system', daemonset: 'device-plugin' },
    summary: 'No node offers GPUs.',
    description: 'DaemonSet gpu-system/device-plugin runs no pod.',
    expr: 'kube_daemonset_status_desired_number_scheduled{daemonset="device-plugin"} == 0',
  }),
}
