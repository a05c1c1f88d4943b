import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'acr.city.example/permits:5.0.0'

export const scenario: Scenario = {
  title: 'a new major version serves its health checks elsewhere; the probe still asks the old path',
  now: '2026-09-22T12:12:12Z',
  steps: [
    { at: '-85d3h', apply: ['10-parking.yaml'] },
    { at: '-40m', manager: 'kubectl-set', patch: [setImage({ kind: 'Deployment', namespace: 'parking', name: 'permits' }, 'permits', NEW)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'parking', where: (pod) => pod.spec.containers[0].image === NEW },
      probes: { readiness: { status: 404 } },
      logs: [
        { after: 2, text: 'info: Microsoft.Hosting.Lifetime[14]\n      Now listening on: http://[::]:8080\ninfo: Microsoft.Hosting.Lifetime[0]\n      Application started. Press Ctrl+C to shut down.' },
      ],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'parking', deployment: 'permits', startsAt: '-14m' }),
}
