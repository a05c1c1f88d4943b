import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const PATHS = ['/.env', '/wp-login.php', '/.git/config', '/phpmyadmin/index.php', '/actuator/gateway/routes', '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php', '/cgi-bin/luci/;stok=/locale']
const web = { kind: 'Deployment', namespace: 'gazette', name: 'gazette-web' } as const

export const scenario: Scenario = {
  title: 'a scanner of the internet makes many 404 answers; nothing is wrong',
  now: '2026-06-30T03:12:00Z',
  steps: [
    { at: '-70d', apply: ['shared/tools.yaml', 'shared/front.yaml'] },
    { at: '-64d', manager: 'argocd-controller', apply: ['10-gazette.yaml'] },
    { at: '-16h', manager: 'argocd-controller', patch: [setImage(web, 'nginx', 'registry.gazette.example/web/static:2026.25')] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'gazette' },
      logs: [
        { after: 0.3, text: '/docker-entrypoint.sh: Configuration complete; ready for start up\n{date} [notice] 1#1: nginx/1.29.1\n{date} [notice] 1#1: start worker processes' },
        { after: 9, every: 37, text: '{ip:ingress-nginx/ingress} - - [{clf}] "GET /news/{ms} HTTP/1.1" 200 23144 "-" "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)" "84.17.{ms}.12"' },
      ],
    },
    {
      pods: { namespace: 'gazette' },
      since: '-24m',
      logs: PATHS.flatMap((path, i) => [
        { after: 3 + i, every: 130, text: `{date} [error] 29#29: *{port} open() "/usr/share/nginx/html${path}" failed (2: No such file or directory), client: {ip:ingress-nginx/ingress}, server: _, request: "GET ${path} HTTP/1.1", host: "www.gazette.example"\n{ip:ingress-nginx/ingress} - - [{clf}] "GET ${path} HTTP/1.1" 404 153 "-" "Mozilla/5.0 zgrab/0.x" "185.220.101.{ms}"` },
      ]),
    },
    {
      pods: { namespace: 'ingress-nginx' },
      logs: [{ after: 3, every: 41, text: '84.17.{ms}.12 - - [{clf}] "GET /news/{ms} HTTP/2.0" 200 23144 "-" "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)" 310 0.00{n} [gazette-gazette-web-http] [] {ip:gazette/gazette-web}:8080 23144 0.002 200 {id}' }],
    },
  ],
  alert: kubePrometheus.own(
    'ClientErrorRatioHigh',
    { namespace: 'gazette', ingress: 'gazette-web', service: 'gazette-web', severity: 'warning' },
    { summary: 'Many requests are answered with 4xx.', description: '61% of the requests to gazette/gazette-web in the last 10 minutes were answered with 4xx.' },
    '-17m',
    'sum by (namespace, ingress, service) (rate(nginx_ingress_controller_requests{status=~"4.."}[10m])) / sum by (namespace, ingress, service) (rate(nginx_ingress_controller_requests[10m])) > 0.5',
  ),
}
