import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a training Job runs for five hours, as it should, and bounds itself; something else is alerted on',
  now: '2026-07-19T19:19:19Z',
  steps: [
    { at: '-22d', apply: ['10-ml.yaml'] },
    { at: '-5h10m', apply: ['20-train.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'vision', name: 'train-resnet' },
      exits: { code: 0, after: 90_000 },
      logs: [{ after: 60, every: 240, text: 'epoch {n}/200 loss 0.{ms} lr 3e-4 eta 2:10:00' }],
    },
    { pods: { namespace: 'vision', labels: { app: 'labeler' } }, logs: [{ after: 2, every: 60, text: '{time} INFO labeler: 12 images' }] },
  ],
  alert: (podsOf) =>
    kubePrometheus.cpuThrottlingHigh({
      namespace: 'vision',
      pod: podsOf('vision', 'labeler-')[0].metadata.name,
      container: 'labeler',
      percent: 31.9,
      startsAt: '-16m',
    }),
}
