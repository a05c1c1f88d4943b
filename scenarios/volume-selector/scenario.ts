import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a claim picks its disk by a label that the disks do not have',
  now: '2026-09-08T08:08:48Z',
  steps: [
    { at: '-11d', apply: ['10-records.yaml'] },
    { at: '-1h2m', apply: ['20-archive.yaml'] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'records', deployment: 'archiver', startsAt: '-46m' }),
}
