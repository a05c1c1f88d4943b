import { kubePrometheus } from '../../control-plane/alerts.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import { setImage } from '../../control-plane/patches.ts'
import { shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const transcoder = { kind: 'Deployment', namespace: 'media', name: 'transcoder' } as const
const WRONG = 'registry.media.example/video/transcoder:4.20.0'

export const scenario: Scenario = {
  title: 'a roll-out of transcoder names an image tag that the registry does not have; the old pods still serve',
  now: '2026-09-02T09:17:44Z',
  steps: [
    { at: '-44d2h9m3s', apply: ['shared/platform.yaml'] },
    { at: '-31d6h14m50s', apply: ['10-media.yaml'] },
    { at: '-9d1h40m12s', manager: 'kubectl-set', patch: [setImage(transcoder, 'transcoder', 'registry.media.example/video/transcoder:4.1.9')] },
    { at: '-52m31s', manager: 'kubectl-set', patch: [setImage(transcoder, 'transcoder', WRONG)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'media', where: (pod) => pod.spec.containers.some((c: { image: string }) => c.image === WRONG) },
      container: 'transcoder',
      pull: registry.notFound(WRONG),
    },
    { pods: { namespace: 'media', labels: { app: 'uploads' } }, logs: [{ after: 3, every: 31, text: 'time={time} level=info msg="upload stored" object={id}' }] },
    ...shopAtWork,
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'media', deployment: 'transcoder', startsAt: '-27m10s' }),
}
