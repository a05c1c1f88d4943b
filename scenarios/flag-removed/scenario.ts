import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'docker.io/vecdb/qindex:2.0.0'

export const scenario: Scenario = {
  title: 'a new major version of a Rust program no longer knows a flag',
  now: '2026-10-30T14:44:00Z',
  steps: [
    { at: '-61d3h', apply: ['10-vectors.yaml'] },
    { at: '-39m', manager: 'kubectl-set', patch: [setImage({ kind: 'StatefulSet', namespace: 'vectors', name: 'qindex' }, 'qindex', NEW)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'vectors', where: (pod) => pod.spec.containers[0].image === NEW },
      exits: { code: 2, after: 0.3 },
      listens: [],
      logs: [{ after: 0, text: "error: unexpected argument '--no-mmap' found\n\n  tip: a similar argument exists: '--mmap'\n\nUsage: qindex serve --storage <DIR> --mmap <MODE>\n\nFor more information, try '--help'." }],
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'vectors', statefulset: 'qindex', startsAt: '-23m' }),
}
