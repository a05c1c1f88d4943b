import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a sidecar is added that wants the port of the program beside it',
  now: '2026-06-11T07:00:00Z',
  steps: [
    { at: '-33d3h', apply: ['10-menu.yaml'] },
    {
      at: '-41m',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'menu',
          name: 'recipes',
          patch: {
            spec: {
              template: {
                spec: {
                  containers: [
                    {
                      name: 'oauth-proxy',
                      image: 'quay.io/oauth2-proxy/oauth2-proxy:v7.12.0',
                      args: ['--http-address=0.0.0.0:4180', '--upstream=http://127.0.0.1:4180', '--provider=github'],
                    },
                  ],
                },
              },
            },
          },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'menu', where: (pod) => pod.spec.containers.length === 2 },
      container: 'oauth-proxy',
      exits: { code: 1, after: 1 },
      logs: [
        { after: 0.3, text: '[{date}] [oauthproxy.go:172] OAuthProxy configured for GitHub Client ID: 3f1c' },
        { after: 0.6, text: '[{date}] [main.go:60] ERROR: Failed to initialise OAuth2 Proxy: could not build app server: error setting up server: listen (tcp, 0.0.0.0:4180) failed: listen tcp 0.0.0.0:4180: bind: address already in use' },
      ],
    },
    { pods: { namespace: 'menu' }, logs: [{ after: 0.5, text: '=> Booting Puma\n* Listening on http://0.0.0.0:4180' }] },
  ],
  alert: crashLooping('menu', 'recipes-', 'oauth-proxy', '-22m'),
}
