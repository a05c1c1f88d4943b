import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const imageOf = (version: string) => (pod: KubeObject) => pod.spec.containers[0].image.endsWith(version)

export const scenario: Scenario = {
  title: 'argocd-server redirects the ingress controller to HTTPS for ever',
  now: '2026-10-22T09:16:30Z',
  steps: [
    { at: '-77d', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '10-argocd.yaml'], manager: 'helm' },
    { at: '-47m', apply: ['20-upgrade.yaml'], manager: 'helm' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'argocd', labels: { 'app.kubernetes.io/name': 'argocd-server' }, where: imageOf('v3.1.8') },
      logs: [
        {
          after: 1.1,
          text: 'time="{utc}" level=info msg="ArgoCD API Server is starting" built="2025-09-30T15:12:10Z" commit=becb020064fe9be5381bf6e5818ff8587ca8f377 namespace=argocd port=8080 version=v3.1.8+becb020',
        },
        {
          after: 2.2,
          text: 'time="{utc}" level=info msg="Loading TLS configuration from secret argocd/argocd-secret"\ntime="{utc}" level=info msg="Starting configmap/secret informers"\ntime="{utc}" level=info msg="Configmap/secret informer synced"',
        },
        {
          after: 2.6,
          text: 'time="{utc}" level=info msg="argocd v3.1.8+becb020 serving on port 8080 (url: https://argocd.tools.lumacast.example, tls: true, namespace: argocd, sso: true)"\ntime="{utc}" level=info msg="Enabled application namespace patterns: argocd"',
        },
      ],
    },
    {
      pods: { namespace: 'argocd', labels: { 'app.kubernetes.io/name': 'argocd-application-controller' } },
      logs: [
        {
          after: 30,
          every: 180,
          text: 'time="{utc}" level=info msg="Reconciliation completed" app-namespace=argocd app-qualified-name=argocd/origin-shield application=origin-shield dest-namespace=edge patch_ms=0 project=streaming setop_ms=0 time_ms={ms}',
        },
      ],
    },
    {
      pods: { namespace: 'argocd', labels: { 'app.kubernetes.io/name': 'argocd-repo-server' } },
      logs: [
        {
          after: 40,
          every: 180,
          text: 'time="{utc}" level=info msg="manifest cache hit: &ApplicationSource{RepoURL:https://git.lumacast.example/platform/deploy.git,Path:edge/origin-shield,TargetRevision:main,}"',
        },
      ],
    },
    {
      pods: { namespace: 'ingress', labels: { 'app.kubernetes.io/component': 'controller' } },
      until: '-47m',
      logs: [
        {
          after: 9,
          every: 23,
          text: '10.20.9.44 - - [{clf}] "GET /api/v1/applications?fields=items.metadata.name HTTP/2.0" 200 4{ms}1 "-" "Mozilla/5.0" 66 0.0{ms} [argocd-argocd-server-80] [] {ip:argocd/argocd-server}:8080 4{ms}1 0.0{ms} 200 {id}{id}',
        },
      ],
    },
    {
      pods: { namespace: 'ingress', labels: { 'app.kubernetes.io/component': 'controller' } },
      since: '-46m',
      logs: [
        {
          after: 3,
          every: 30,
          text: '10.20.3.91 - - [{clf}] "GET / HTTP/1.1" 307 66 "-" "Blackbox Exporter/0.27.0" 97 0.001 [argocd-argocd-server-80] [] {ip:argocd/argocd-server}:8080 66 0.001 307 {id}{id}'.concat(
            '\n10.20.3.91 - - [{clf}] "GET / HTTP/1.1" 307 66 "https://argocd.tools.lumacast.example" "Blackbox Exporter/0.27.0" 141 0.000 [argocd-argocd-server-80] [] {ip:argocd/argocd-server}:8080 66 0.000 307 {id}{id}',
          ),
        },
        {
          after: 11,
          every: 47,
          text: '10.20.9.44 - - [{clf}] "GET /applications HTTP/2.0" 307 79 "-" "Mozilla/5.0" 88 0.001 [argocd-argocd-server-80] [] {ip:argocd/argocd-server}:8080 79 0.001 307 {id}{id}',
        },
      ],
    },
  ],
  alert: ownRule('BlackboxProbeFailed', {
    startsAt: '-41m',
    labels: {
      instance: 'https://argocd.tools.lumacast.example',
      job: 'blackbox-http',
      namespace: 'argocd',
      ingress: 'argocd-server',
      module: 'http_2xx',
      severity: 'critical',
    },
    summary: 'Blackbox probe failed (instance https://argocd.tools.lumacast.example)',
    description: 'The http_2xx probe of https://argocd.tools.lumacast.example has failed for 5 minutes. VALUE = 0',
    expr: 'probe_success == 0',
  }),
}
