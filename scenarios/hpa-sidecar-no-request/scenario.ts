import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a sidecar without a cpu request was added; the autoscaler cannot compute utilisation any more',
  now: '2026-09-27T15:45:09Z',
  steps: [
    { at: '-27d', apply: ['10-video.yaml'] },
    {
      at: '-57m',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'video',
          name: 'packager',
          patch: {
            spec: {
              template: {
                spec: {
                  containers: [
                    { name: 'log-tail', image: 'docker.io/library/busybox:1.37', args: ['tail', '-F', '/var/log/packager.log'] },
                  ],
                },
              },
            },
          },
        },
      ],
    },
    { at: '-56m', wait: 6000 },
    { at: '-55m', wait: 4000 },
  ],
  behaviours: [
    { pods: { namespace: 'video', labels: { app: 'packager' } }, container: 'packager', usage: { cpu: '310m', memory: '96Mi' } },
    { pods: { namespace: 'video', labels: { app: 'packager' } }, container: 'log-tail', usage: { cpu: '1m', memory: '2Mi' } },
  ],
  alert: controllerAlerts.hpaReplicasMismatch({ namespace: 'video', horizontalpodautoscaler: 'packager', startsAt: '-38m' }),
}
