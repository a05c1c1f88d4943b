import { kubePrometheus } from '../../control-plane/alerts.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const MIRROR = 'mirror.dc2.bank.example/core/postings:7.8.3'

export const scenario: Scenario = {
  title: 'a StatefulSet is moved to a mirror whose certificate the nodes do not trust',
  now: '2026-07-08T21:44:03Z',
  steps: [
    { at: '-52d3h12m8s', apply: ['shared/platform.yaml', '10-ledger.yaml'] },
    {
      at: '-55m41s',
      manager: 'helm',
      patch: [setImage({ kind: 'StatefulSet', namespace: 'ledger', name: 'postings' }, 'postings', MIRROR)],
    },
  ],
  behaviours: [{ pods: { namespace: 'ledger', where: (pod) => pod.spec.containers[0].image === MIRROR }, pull: registry.untrusted(MIRROR) }],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'ledger', statefulset: 'postings', startsAt: '-36m20s' }),
}
