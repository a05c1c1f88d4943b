import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a RoleBinding was copied from staging and still names staging’s account',
  now: '2026-02-26T10:55:01Z',
  steps: [
    { at: '-1h44m', apply: ['10-runner.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'ci-prod' },
      exits: { code: 1, after: 6 },
      logs: [
        { after: 0.5, text: 'Runtime platform                                    arch=amd64 os=linux pid=7 revision=5a021a1c version=18.4.0' },
        { after: 4, text: 'ERROR: Job failed (system failure): prepare environment: setting up build pod: pods is forbidden: User "system:serviceaccount:ci-prod:runner" cannot create resource "pods" in API group "" in the namespace "ci-prod"' },
        { after: 5, text: 'FATAL: check of the executor failed                 executor=kubernetes' },
      ],
    },
  ],
  alert: (podsOf) => kubePrometheus.podCrashLooping({ namespace: 'ci-prod', pod: podsOf('ci-prod')[0].metadata.name, container: 'runner', startsAt: '-1h20m' }),
}
