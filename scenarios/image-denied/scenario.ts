import { registry } from '../../control-plane/kubelet/messages.ts'
import { notReady } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a Deployment names an image that Docker Hub does not have, or does not show',
  now: '2026-03-03T15:15:15Z',
  steps: [{ at: '-51m10s', apply: ['10-sales.yaml'] }],
  behaviours: [{ pods: { labels: { app: 'client-relations' } }, pull: registry.denied('ourcompany/crm:latest') }],
  alert: notReady('sales', 'client-relations-', '-36m'),
}
