import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const controller = { kind: 'Deployment', namespace: 'ingress-nginx', name: 'ingress-nginx-controller' } as const

export const scenario: Scenario = {
  title: 'the ingress class gets another name; one Ingress that nobody changed is not served any more',
  now: '2026-10-20T11:15:00Z',
  steps: [
    { at: '-92d', apply: ['shared/tools.yaml', 'shared/front.yaml'] },
    { at: '-90d', manager: 'kubectl-client-side-apply', apply: ['10-portals.yaml'] },
    {
      at: '-57m20s',
      manager: 'argocd-controller',
      patch: [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: 'library', name: 'catalogue', patch: { spec: { ingressClassName: 'nginx-public' } } }],
    },
    {
      at: '-57m',
      manager: 'helm',
      apply: ['20-class.yaml'],
      patch: [
        setContainer(controller, 'controller', {
          args: ['/nginx-ingress-controller', '--election-id=ingress-nginx-leader', '--controller-class=k8s.io/ingress-nginx-public', '--ingress-class=nginx-public', '--configmap=$(POD_NAMESPACE)/ingress-nginx-controller'],
        }),
      ],
      delete: [{ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', name: 'nginx' }],
    },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-57m',
      logs: [
        { after: 0.2, text: '-------------------------------------------------------------------------------\nNGINX Ingress controller\n  Release:       v1.13.3\n  Build:         8f7ee9f1d5f3a2c0c1b84ab4b4e9be9b2b9a9b53\n  Repository:    https://github.com/kubernetes/ingress-nginx\n  nginx version: nginx/1.27.1\n\n-------------------------------------------------------------------------------' },
        { after: 1, text: 'I{klog}       7 main.go:248] "Running in Kubernetes cluster" major="1" minor="36" git="v1.36.3" state="clean" platform="linux/amd64"\nI{klog}       7 nginx.go:273] "Starting NGINX Ingress controller"' },
        { after: 2.1, text: 'I{klog}       7 store.go:443] "Ignoring ingress because of error while validating ingress class" ingress="permits/permits-portal" error="no object matching key \\"nginx\\" in local store"' },
        { after: 2.2, text: 'I{klog}       7 store.go:440] "Found valid IngressClass" ingress="library/catalogue" ingressclass="nginx-public"' },
        { after: 3, text: 'I{klog}       7 nginx.go:317] "Starting NGINX process"\nI{klog}       7 controller.go:213] "Backend successfully reloaded"' },
        { after: 14, every: 57, text: '10.20.1.11 - - [{clf}] "GET /search?q={id} HTTP/1.1" 200 8123 "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)" 470 0.0{ms} [library-catalogue-http] [] {ip:library/catalogue}:8000 8123 0.0{ms} 200 {id}' },
        { after: 20, every: 60, text: '10.20.2.12 - - [{clf}] "GET / HTTP/1.1" 404 146 "-" "Blackbox Exporter/0.27.0" 118 0.000 [upstream-default-backend] [] 127.0.0.1:8181 146 0.001 404 {id}' },
      ],
    },
    { pods: { namespace: 'permits' }, logs: [{ after: 9, text: '{time}  INFO 1 --- [permits-portal] [           main] d.h.permits.PortalApplication            : Started PortalApplication in 7.914 seconds (process running for 8.6)' }] },
    { pods: { namespace: 'permits' }, until: '-57m', logs: [{ after: 11, every: 61, text: '{time}  INFO 1 --- [permits-portal] [nio-8080-exec-{n}] d.h.permits.web.RequestLog               : GET /applications 200 {ms} ms' }] },
    { pods: { namespace: 'library' }, logs: [{ after: 5, every: 31, text: 'INFO:     {ip:ingress-nginx/ingress}:{port} - "GET /search?q={id} HTTP/1.1" 200 OK' }] },
  ],
  alert: kubePrometheus.own(
    'BlackboxProbeHttpFailure',
    { job: 'blackbox', instance: 'http://permits.harbour-city.example/', namespace: 'permits', ingress: 'permits-portal', severity: 'critical' },
    { summary: 'Blackbox probe HTTP failure (instance http://permits.harbour-city.example/)', description: 'HTTP status code is not 200-399\n  VALUE = 404' },
    '-51m',
    'probe_http_status_code <= 199 OR probe_http_status_code >= 400',
  ),
}
