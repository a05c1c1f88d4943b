import { throttled } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'healthy: an old preview is scaled to zero, as it should be, and nobody calls it; the other one works hard',
  now: '2026-03-25T16:45:00Z',
  steps: [
    { at: '-9d', apply: ['10-preview.yaml'] },
    {
      at: '-2d4h',
      manager: 'kube-downscaler',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'preview', name: 'site-pr-312', patch: { spec: { replicas: 0 } } }],
    },
  ],
  behaviours: [{ pods: { labels: { app: 'site-pr-318' } }, logs: [{ after: 1, text: '   ▲ Next.js 15.5.3\n   - Local:        http://localhost:3000\n ✓ Ready in 412ms' }] }],
  alert: throttled('preview', 'site-pr-318', 'site', 55.1, '-17m'),
}
