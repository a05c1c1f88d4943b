import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a dump wants 400Gi of scratch space on nodes with 76 GB',
  now: '2026-10-01T04:00:30Z',
  steps: [
    { at: '-80d', apply: ['10-backups.yaml'] },
    { at: '-14h', manager: 'ansible', apply: ['20-dump.yaml'] },
  ],
  alert: kubePrometheus.jobNotCompleted({ namespace: 'backups', job_name: 'full-dump-q3', startsAt: '-2h' }),
}
