import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around, ingressNginx } from '../shared/around.ts'

const IMAGE = 'registry.k8s.io/ingress-nginx/controller:v1.13.3'
const upgraded = ({ spec }: KubeObject) => spec.containers[0].image === IMAGE
const CONTROLLER = { namespace: 'ingress-nginx', labels: { 'app.kubernetes.io/component': 'controller' } }
const ok = (path: string, upstream: string) =>
  `203.0.113.{ms} - - [{clf}] "GET ${path} HTTP/2.0" 200 18{ms} "-" "OrbitTV/9.4 (tvOS 18.6)" 412 0.0{ms} [${upstream}] [] 10.244.1.9:8082 18{ms} 0.0{ms} 200 {id}{id}`

export const scenario: Scenario = {
  title: 'an upgraded ingress-nginx leaves out an Ingress with a snippet',
  now: '2026-11-18T13:49:00Z',
  nodes: [
    { name: 'media-prod-a-0', ip: '10.140.0.10' },
    { name: 'media-prod-a-1', ip: '10.140.0.11' },
    { name: 'media-prod-a-2', ip: '10.140.0.12' },
  ],
  steps: [
    { at: '-86d', apply: ['shared/edge.yaml', 'shared/kps.yaml'], manager: 'helm' },
    { at: '-71d', apply: ['10-player.yaml'], manager: 'argocd-controller' },
    {
      at: '-41m',
      manager: 'helm',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'ingress-nginx',
          name: 'ingress-nginx-controller',
          patch: {
            metadata: { labels: { 'helm.sh/chart': 'ingress-nginx-4.13.3' } },
            spec: { template: { spec: { containers: [{ name: 'controller', image: IMAGE }] } } },
          },
        },
      ],
    },
  ],
  behaviours: [
    ...around,
    ingressNginx,
    {
      pods: { ...CONTROLLER, where: upgraded },
      container: 'controller',
      logs: [
        { after: 1.6, text: 'I{klog}       7 store.go:443] "Found valid IngressClass" ingress="player/playback-apis" ingressclass="nginx"' },
        { after: 1.7, text: 'I{klog}       7 event.go:377] Event(v1.ObjectReference{Kind:"Ingress", Namespace:"player", Name:"playback-apis", APIVersion:"networking.k8s.io/v1", FieldPath:""}): type: \'Normal\' reason: \'Sync\' Scheduled for sync' },
        { after: 1.8, text: 'I{klog}       7 store.go:443] "Found valid IngressClass" ingress="player/player-web" ingressclass="nginx"' },
        { after: 1.81, text: 'E{klog}       7 store.go:942] annotation group ConfigurationSnippet contains risky annotation based on ingress configuration' },
        { after: 1.9, text: 'I{klog}       7 event.go:377] Event(v1.ObjectReference{Kind:"Ingress", Namespace:"player", Name:"player-web", APIVersion:"networking.k8s.io/v1", FieldPath:""}): type: \'Normal\' reason: \'Sync\' Scheduled for sync' },
        { after: 20, every: 67, text: '198.51.100.{ms} - - [{clf}] "GET / HTTP/2.0" 404 146 "-" "Mozilla/5.0 (SMART-TV; LINUX; Tizen 9.0) AppleWebKit/537.36" 388 0.000 [upstream-default-backend] [] 127.0.0.1:8181 146 0.000 404 {id}{id}' },
        { after: 26, every: 53, text: ok('/manifests/v4/{id}.m3u8', 'player-manifest-api-http') },
      ],
    },
    { pods: { ...CONTROLLER, where: (pod) => !upgraded(pod) }, container: 'controller', logs: [{ after: 20, every: 60, text: ok('/', 'player-player-web-http') }] },
    { pods: { namespace: 'player', labels: { app: 'player-web' } }, logs: [{ after: 1, text: '{date} [notice] 1#1: nginx/1.29.2' }] },
    { pods: { namespace: 'player', labels: { app: 'player-web' } }, until: '-40m20s', logs: [{ after: 9, every: 25, text: '10.244.2.7 - - [{clf}] "GET / HTTP/1.1" 200 18211 "-" "Mozilla/5.0"' }] },
    { pods: { namespace: 'player', labels: { app: 'manifest-api' } }, logs: [{ after: 9, every: 21, text: '{time} level=info msg="manifest" asset={id} profile=uhd took={ms}ms' }] },
    { pods: { namespace: 'player', labels: { app: 'entitlements' } }, logs: [{ after: 9, every: 33, text: '{time} level=info msg="entitlement ok" account={id} took={ms}ms' }] },
  ],
  alert: ownRule('EndpointProbeFailed', {
    startsAt: '-37m',
    labels: { namespace: 'player', job: 'probe/player/websites', instance: 'https://watch.orbit.example/', severity: 'critical' },
    summary: 'A website does not answer as it should.',
    description: 'https://watch.orbit.example/ answers with status 404 instead of 200.',
    expr: 'probe_success{job="probe/player/websites"} == 0',
  }),
}
