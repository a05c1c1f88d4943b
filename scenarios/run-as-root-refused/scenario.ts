import { waiting } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'runAsNonRoot with an image that runs as root',
  now: '2026-03-04T08:00:30Z',
  steps: [
    { at: '-44d1h', apply: ['shared/platform.yaml'] },
    { at: '-1h20m10s', apply: ['10-hr.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'hr-portal' },
      runtime: {
        reason: 'CreateContainerConfigError',
        message:
          'container has runAsNonRoot and image will run as root (pod: "leave-requests-7c9d6b5f4-kx2lm_hr-portal(4c2c6a53-9a8e-4b0e-8f3b-2d7f1e5a9c10)", container: web)',
      },
    },
  ],
  alert: waiting('hr-portal', 'leave-requests-', 'web', 'CreateContainerConfigError', '-18m'),
}
