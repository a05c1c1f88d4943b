import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setEnv } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { ailing, dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const keycloak = { kind: 'StatefulSet', namespace: 'sso', name: 'keycloak' } as const

export const scenario: Scenario = {
  title: 'Keycloak moves to another host name; oauth2-proxy refuses the other issuer when it is next restarted',
  now: '2026-11-03T07:48:00Z',
  steps: [
    { at: '-85d', apply: ['shared/tools.yaml', 'shared/front.yaml'] },
    { at: '-83d', manager: 'helm', apply: ['10-sso.yaml'] },
    { at: '-17h20m', manager: 'helm', patch: [setEnv(keycloak, 'keycloak', 'KC_HOSTNAME', 'https://login.county.example')] },
    {
      at: '-36m',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'sso',
          name: 'oauth2-proxy',
          patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-03T08:12:00+01:00' } } } } },
        },
      ],
    },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'sso', name: 'oauth2-proxy' },
      since: '-36m',
      exits: { code: 1, after: 0.4 },
      listens: [],
      logs: [
        { after: 0, text: '[{date}] [provider.go:55] Performing OIDC Discovery...' },
        {
          after: 0.3,
          text: '[{date}] [main.go:59] ERROR: Failed to initialise OAuth2 Proxy: error initialising provider: could not create provider data: error building OIDC ProviderVerifier: could not get verifier builder: error while discovery OIDC configuration: oidc: issuer did not match the issuer returned by provider, expected "https://sso.county.example/realms/staff" got "https://login.county.example/realms/staff"',
        },
      ],
    },
    {
      pods: { namespace: 'sso', name: 'keycloak' },
      logs: [
        { after: 14, text: '{log4j} INFO  [io.quarkus] (main) Keycloak 26.3.5 on JVM (powered by Quarkus 3.20.3) started in 12.604s. Listening on: http://0.0.0.0:8080. Management interface listening on http://0.0.0.0:9000.\n{log4j} INFO  [io.quarkus] (main) Profile prod activated. ' },
        { after: 700, every: 5400, text: '{log4j} WARN  [org.keycloak.events] (executor-thread-{n}) type="LOGIN_ERROR", realmId="staff", clientId="figures", userId="null", ipAddress="10.20.1.11", error="expired_code", restart_after_timeout="true"' },
      ],
    },
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-35m30s',
      logs: [{ after: 2, every: 37, text: '10.20.3.13 - - [{clf}] "GET / HTTP/1.1" 500 170 "-" "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0" 480 0.00{n} [dashboards-metabase-80] [] - - - - {id}' }],
    },
    { pods: { namespace: 'dashboards' }, logs: [{ after: 55, text: '{log4j} INFO metabase.core.core :: Metabase Initialization COMPLETE in 51.2 s' }] },
  ],
  alert: (podsOf) => kubePrometheus.podCrashLooping({ namespace: 'sso', pod: ailing(podsOf, 'sso', 'oauth2-proxy'), container: 'oauth2-proxy', startsAt: '-20m' }),
}
