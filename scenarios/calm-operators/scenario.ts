import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'operators’ resources that look ill and are not: out of sync, idle, an old failure that was overcome',
  now: '2026-10-09T10:02:18Z',
  steps: [
    { at: '-60d', manager: 'helm', apply: ['10-kinds.yaml'] },
    { at: '-31d', manager: 'helm', apply: ['20-blog.yaml'] },
  ],
  behaviours: [],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'blog', deployment: 'ghost', startsAt: '-40m' }),
}
