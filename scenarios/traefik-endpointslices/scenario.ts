import { ownRule } from '../../control-plane/controller-alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'docker.io/library/traefik:v3.5.3'
const forbidden = (kind: string, resource: string, group: string) =>
  `E0919 {clock}218       1 reflector.go:166] "Unhandled Error" err="k8s.io/client-go@v0.32.3/tools/cache/reflector.go:251: Failed to watch *v1.${kind}: failed to list *v1.${kind}: ${resource} is forbidden: User \\"system:serviceaccount:traefik:traefik\\" cannot list resource \\"${resource.split('.')[0]}\\" in API group \\"${group}\\" at the cluster scope" logger="UnhandledError"`

export const scenario: Scenario = {
  title: 'a new Traefik reads EndpointSlices, which its ClusterRole does not allow; a museum’s ticket page answers 404',
  now: '2026-09-19T23:58:40Z',
  steps: [
    { at: '-80d', manager: 'helm', apply: ['10-traefik.yaml'] },
    { at: '-31d', apply: ['20-museum.yaml'] },
    { at: '-41m', manager: 'kubectl-set', patch: [setImage({ kind: 'Deployment', namespace: 'traefik', name: 'traefik' }, 'traefik', NEW)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'traefik', where: (pod) => pod.spec.containers[0].image === NEW },
      logs: [
        { after: 0.2, text: '{"level":"info","version":"3.5.3","time":"{time}","message":"Traefik version 3.5.3 built on 2025-09-26T09:20:44Z"}' },
        { after: 0.6, text: '{"level":"info","time":"{time}","message":"Starting provider *ingress.Provider"}' },
        { after: 1, every: 41, text: forbidden('EndpointSlice', 'endpointslices.discovery.k8s.io', 'discovery.k8s.io') },
        { after: 3, every: 10, text: '10.20.1.11 - - [19/Sep/2026:{clock} +0000] "GET / HTTP/1.1" 404 19 "-" "-" {n} "-" "-" 0ms' },
      ],
    },
    {
      pods: { namespace: 'traefik', where: (pod) => pod.spec.containers[0].image !== NEW },
      logs: [{ after: 3, every: 10, text: '10.20.1.11 - - [19/Sep/2026:{clock} +0000] "GET / HTTP/1.1" 200 18211 "-" "-" {n} "museum-tickets-tickets-museum-example@kubernetes" "http://10.244.1.6:3000" {ms}ms' }],
    },
    { pods: { namespace: 'museum', labels: { app: 'tickets' } }, logs: [{ after: 2, text: '   - Local:        http://localhost:3000\n ✓ Ready in 811ms' }] },
  ],
  alert: ownRule('BlackboxProbeFailed', {
    startsAt: '-34m',
    labels: { namespace: 'museum', job: 'blackbox', instance: 'https://tickets.museum.example/', severity: 'critical' },
    summary: 'A page that customers use does not answer.',
    description: 'The probe of https://tickets.museum.example/ has failed for 5 minutes.',
    expr: 'probe_success{job="blackbox"} == 0',
  }),
}
