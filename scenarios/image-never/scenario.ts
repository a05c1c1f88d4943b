import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a setting of a laptop, imagePullPolicy: Never, reaches the cluster together with a new tag',
  now: '2026-02-18T08:51:37Z',
  steps: [
    { at: '-14d3h12m8s', apply: ['10-dispatch.yaml', '20-osrm.yaml'] },
    {
      at: '-1h3m7s',
      manager: 'skaffold',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'dispatch', name: 'route-planner' }, 'planner', {
          image: 'ghcr.io/parcel-example/route-planner:5.1.0',
          imagePullPolicy: 'Never',
        }),
      ],
    },
  ],
  behaviours: [
    { pods: { labels: { app: 'route-planner' }, where: (pod) => pod.spec.containers[0].imagePullPolicy === 'Never' }, pull: 'not present' },
    { pods: { labels: { app: 'osrm' } }, logs: [{ after: 4, text: '[info] starting up engines, v6.0.0\n[info] Listening on: 0.0.0.0:5000\n[info] running and waiting for requests' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'dispatch', deployment: 'route-planner', startsAt: '-37m' }),
}
