import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'pods wait for a second scheduler whose image tag does not exist',
  now: '2026-07-28T08:50:35Z',
  steps: [
    { at: '-49d', apply: ['10-batch.yaml'] },
    { at: '-1h55m', manager: 'flux', patch: [setImage({ kind: 'Deployment', namespace: 'batch-system', name: 'gang-scheduler' }, 'scheduler', 'ghcr.io/batch-example/gang-scheduler:v1.14.O')] },
    { at: '-1h2m', apply: ['20-etl.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'batch-system', where: (pod) => pod.spec.containers[0].image.endsWith('O') }, pull: 'rpc error: code = NotFound desc = failed to pull and unpack image "ghcr.io/batch-example/gang-scheduler:v1.14.O": failed to resolve reference "ghcr.io/batch-example/gang-scheduler:v1.14.O": ghcr.io/batch-example/gang-scheduler:v1.14.O: not found' },
  ],
  alert: (podsOf) => kubePrometheus.podNotReady({ namespace: 'etl', pod: podsOf('etl', 'spark-')[0].metadata.name, startsAt: '-46m' }),
}
