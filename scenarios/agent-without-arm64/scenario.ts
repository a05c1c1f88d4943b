import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

const NEW = 'registry.ops.example/observability/vector:0.50.0-ops3'

export const scenario: Scenario = {
  title: 'a rebuilt log agent lacks arm64; the cluster’s one arm64 node cannot pull it',
  now: '2026-10-30T05:15:09Z',
  nodes: [
    ...DEFAULT_NODES,
    {
      name: 'worker-4',
      ip: '10.20.1.14',
      zone: 'fra1-a',
      labels: { 'kubernetes.io/arch': 'arm64', 'beta.kubernetes.io/arch': 'arm64', 'node.kubernetes.io/instance-type': 'cax21' },
    },
  ],
  steps: [
    { at: '-50d', apply: ['10-logging.yaml'] },
    { at: '-46m', manager: 'flux', patch: [setImage({ kind: 'DaemonSet', namespace: 'logging', name: 'vector' }, 'vector', NEW)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'logging', where: (pod) => pod.spec.nodeName === 'worker-4' && pod.spec.containers[0].image === NEW },
      pull: `rpc error: code = NotFound desc = failed to pull and unpack image "${NEW}": no match for platform in manifest: not found`,
    },
    { pods: { namespace: 'logging' }, logs: [{ after: 1, text: '{time}  INFO vector::topology::running: Running healthchecks.\n{time}  INFO vector: Vector has started. debug="false" version="0.50.0"' }] },
  ],
  alert: kubePrometheus.daemonSetRolloutStuck({ namespace: 'logging', daemonset: 'vector', startsAt: '-29m' }),
}
