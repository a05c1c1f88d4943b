import type { KubeObject } from '../../control-plane/api.ts'
import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

const isNode = (pod: KubeObject) => envOf(pod, 'PORT') === '3000'

export const scenario: Scenario = {
  title: 'the news site moved from nginx to Node and listens elsewhere; its Service does not know',
  now: '2026-10-20T05:44:02Z',
  nodes: [
    { name: 'scw-k8s-news-default-3f2c11', ip: '172.16.8.3', zone: 'fr-par-1' },
    { name: 'scw-k8s-news-default-77ab04', ip: '172.16.8.4', zone: 'fr-par-2' },
  ],
  steps: [
    { at: '-90d', apply: ['shared/kube-prometheus.yaml', 'shared/ingress-nginx.yaml'] },
    { at: '-71d', manager: 'terraform', apply: ['10-newsroom.yaml'] },
    { at: '-19d', manager: 'flux', apply: ['11-web-static.yaml'] },
    { at: '-27m', manager: 'flux', apply: ['20-web-ssr.yaml'] },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'newsroom', labels: { app: 'article-web' }, where: (pod) => !isNode(pod) }, listens: [80] },
    {
      pods: { namespace: 'newsroom', labels: { app: 'article-web' }, where: isNode },
      listens: [3000],
      logs: [{ after: 0.9, text: '   ▲ Next.js 15.5.4\n   - Local:        http://localhost:3000\n   - Network:      http://{podip}:3000\n\n ✓ Starting...\n ✓ Ready in 412ms' }],
    },
    { pods: { namespace: 'newsroom', labels: { app: 'content-api' } }, logs: [{ after: 2, text: '{time} INFO  [io.quarkus] (main) content-api 6.2.1 on JVM (powered by Quarkus 3.27.0) started in 1.611s. Listening on: http://0.0.0.0:8080' }] },
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-26m30s',
      logs: [
        {
          after: 1,
          every: 23,
          text: '{date} [error] 33#33: *{port} connect() failed (111: Connection refused) while connecting to upstream, client: 172.16.8.3, server: www.tageblatt.example, request: "GET / HTTP/1.1", upstream: "http://{ip:newsroom/article-web}:80/", host: "www.tageblatt.example"',
        },
      ],
    },
  ],
  alert: rule(
    'NginxIngress5xx',
    '-21m',
    { namespace: 'newsroom', ingress: 'tageblatt', host: 'www.tageblatt.example', severity: 'critical' },
    'An Ingress answers with 5xx.',
    'Ingress newsroom/tageblatt answers 88% of its requests with 502.',
    'sum by (namespace, ingress, host) (rate(nginx_ingress_controller_requests{status=~"5.."}[2m])) / sum by (namespace, ingress, host) (rate(nginx_ingress_controller_requests[2m])) > 0.1',
  ),
}
