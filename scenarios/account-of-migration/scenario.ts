import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an app waits for a migration Job that gets no pod, because its ServiceAccount does not exist',
  now: '2026-07-07T19:26:44Z',
  steps: [
    { at: '-48d', apply: ['10-parcels.yaml'] },
    {
      at: '-39m',
      manager: 'helm',
      apply: ['20-migration.yaml'],
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'parcels',
          name: 'tracking',
          patch: {
            spec: {
              template: {
                spec: {
                  initContainers: [{ name: 'wait-for-schema', image: 'docker.io/alpine/kubectl:1.36.2', args: ['wait', '--for=condition=complete', '--timeout=-1s', 'job/schema-v58'] }],
                  containers: [{ name: 'tracking', image: 'registry.parcels.example/tracking:58.0.0' }],
                },
              },
            },
          },
        },
      ],
    },
  ],
  behaviours: [
    { pods: { namespace: 'parcels', name: 'tracking' }, container: 'wait-for-schema', exits: { code: 0, after: 900_000 } },
    { pods: { namespace: 'parcels', name: 'tracking' }, container: 'tracking', logs: [{ after: 4, text: '{time} [info] Running TrackingWeb.Endpoint with Bandit 1.8.0 at 0.0.0.0:4000 (http)' }] },
  ],
  alert: (podsOf) => {
    const pod = podsOf('parcels', 'tracking-').find(({ spec }) => spec.initContainers?.length)
    return kubePrometheus.podNotReady({ namespace: 'parcels', pod: pod.metadata.name, startsAt: '-23m' })
  },
}
