import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a nightly rendering gets 20 seconds and needs minutes',
  now: '2026-06-04T01:36:00Z',
  steps: [
    { at: '-40d', apply: ['10-render.yaml'] },
    { at: '-26m', apply: ['20-job.yaml'] },
    { at: '-25m38s', wait: 22000 },
    { at: '-25m', wait: 3000 },
  ],
  behaviours: [
    {
      pods: { namespace: 'render', name: 'poster-2026-06-04' },
      exits: { code: 0, after: 480 },
      logs: [
        { after: 1, text: 'Blender 4.5.1 (hash b0a72b245dcf)' },
        { after: 4, every: 4, text: 'Fra:{n} Mem:402.11M (Peak 417.50M) | Time:00:03.91 | Rendered {n}/240 Tiles' },
      ],
    },
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'render', job_name: 'poster-2026-06-04', startsAt: '-10m' }),
}
