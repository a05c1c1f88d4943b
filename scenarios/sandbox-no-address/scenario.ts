import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const id = '3b2f0d3d1f9b0a3d7c6b9e5b1f6f84e2a7a2f5f0b5f0f1b9c3a4e8d7f6a5b4c3'

export const scenario: Scenario = {
  title: 'one node has no pod addresses left: leaked reservations of its network plug-in',
  now: '2026-10-02T02:22:22Z',
  steps: [
    { at: '-75d3h12m8s', apply: ['10-batch.yaml'] },
    { at: '-39m9s', manager: 'kubectl-set', patch: [setImage({ kind: 'Deployment', namespace: 'genomics', name: 'align' }, 'align', 'quay.io/genomics-example/bwa:0.7.19')] },
  ],
  behaviours: [
    {
      pods: { namespace: 'genomics', where: (pod) => pod.spec.nodeName === 'worker-2' },
      since: '-1h',
      sandbox: `rpc error: code = Unknown desc = failed to setup network for sandbox "${id}": plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254`,
    },
    { pods: { namespace: 'genomics' }, logs: [{ after: 5, every: 60, text: '[M::mem_process_seqs] Processed 266668 reads in {ms}.114 CPU sec' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'genomics', deployment: 'align', startsAt: '-12m' }),
}
