import { ownRule } from '../../control-plane/controller-alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around, ingressNginx } from '../../scenarios/shared/around.ts'

const proxy = { namespace: 'customer-portal', labels: { app: 'oauth2-proxy' } }
const ARGS = ['--http-address=0.0.0.0:4180', '--provider=oidc', '--oidc-issuer-url=https://login.stadtwerk.example/realms/kunden', '--upstream=http://portal', '--email-domain=*', '--reverse-proxy=true', '--cookie-secure=true']
const CHANGED = '-47m'
const nginx = { namespace: 'ingress-nginx' }

export const scenario: Scenario = {
  title: 'headers of the log-in are larger than the buffer of the ingress controller',
  now: '2026-09-02T14:55:30Z',
  nodes: [
    { name: 'sw-prod-01', ip: '10.8.3.11' },
    { name: 'sw-prod-02', ip: '10.8.3.12' },
    { name: 'sw-prod-03', ip: '10.8.3.13' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml', 'shared/ingress-controller.yaml'], manager: 'helm' },
    { at: '-51d', apply: ['10-portal.yaml'], manager: 'helm' },
    // The portal's new bill page calls an API in the customer's name.
    { at: CHANGED, manager: 'helm', patch: [setContainer({ kind: 'Deployment', namespace: 'customer-portal', name: 'oauth2-proxy' }, 'oauth2-proxy', { args: [...ARGS, '--pass-access-token=true', '--set-authorization-header=true', '--cookie-refresh=5m'] })] },
  ],
  behaviours: [
    ...around,
    ingressNginx,
    { pods: nginx, container: 'controller', logs: [{ after: 20, every: 21, text: '91.12.{ms}.7 - - [{clf}] "GET /assets/app.js HTTP/2.0" 200 48112 "https://my.stadtwerk.example/" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)" 412 0.00{ms} [customer-portal-oauth2-proxy-http] [] {ip:customer-portal/oauth2-proxy}:4180 48112 0.004 200 {id}' }] },
    {
      pods: nginx,
      container: 'controller',
      since: '-46m30s',
      logs: [
        {
          after: 0,
          every: 14,
          text: '{date} [error] 31#31: *{port} upstream sent too big header while reading response header from upstream, client: 91.12.{ms}.7, server: my.stadtwerk.example, request: "GET /oauth2/callback?state={id}&code={id} HTTP/2.0", upstream: "http://{ip:customer-portal/oauth2-proxy}:4180/oauth2/callback?state={id}&code={id}", host: "my.stadtwerk.example", referrer: "https://login.stadtwerk.example/"\n91.12.{ms}.7 - - [{clf}] "GET /oauth2/callback?state={id}&code={id} HTTP/2.0" 502 552 "https://login.stadtwerk.example/" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)" 1904 0.2{ms} [customer-portal-oauth2-proxy-http] [] {ip:customer-portal/oauth2-proxy}:4180 0 0.2{ms} 502 {id}',
        },
      ],
    },
    { pods: proxy, logs: [{ after: 0.4, text: '[{date}] [provider.go:55] Performing OIDC Discovery...\n[{date}] [oauthproxy.go:185] mapping path "/" => upstream "http://portal"\n[{date}] [oauthproxy.go:172] OAuthProxy configured for OpenID Connect Client ID: portal' }, { after: 30, every: 16, text: '91.12.{ms}.7:{port} - {id} - [{date}] [AuthSuccess] Authenticated via OAuth2: Session{email:k{port}@mail.example user:{id} PreferredUsername:k{port} token:true id_token:true refresh_token:true}' }] },
    { pods: proxy, since: '-46m40s', logs: [{ after: 2, every: 16, text: '[{date}] [session_store.go:165] WARNING: Multiple cookies are required for this session as it exceeds the 4kb cookie limit. Please use server side session storage (eg. Redis) instead.' }] },
    { pods: { namespace: 'customer-portal', labels: { app: 'portal' } }, logs: [{ after: 9, every: 31, text: '{time} info: GET /assets/app.js 200 {ms}ms' }] },
  ],
  alert: ownRule('IngressErrorRatioHigh', {
    startsAt: '-40m',
    labels: { namespace: 'ingress-nginx', exported_namespace: 'customer-portal', ingress: 'sign-in', exported_service: 'oauth2-proxy', status: '502', severity: 'critical', team: 'edge' },
    summary: 'An Ingress answers with too many server errors.',
    description: 'Ingress customer-portal/sign-in answers 41.2% of its requests with 502.',
    expr: 'sum by (exported_namespace, ingress) (rate(nginx_ingress_controller_requests{status=~"5.."}[5m])) / sum by (exported_namespace, ingress) (rate(nginx_ingress_controller_requests[5m])) > 0.05',
  }),
}
