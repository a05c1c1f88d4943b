import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const storefront = { kind: 'Deployment', namespace: 'shop', name: 'storefront' } as const

export const scenario: Scenario = {
  title: 'the readiness probe of storefront asks port 8081, where nothing listens; the new pod never becomes ready',
  now: '2026-09-21T10:31:02Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-17d3h22m41s', apply: ['shared/shop.yaml'] },
    {
      at: '-44m51s',
      manager: 'kubectl-edit',
      patch: [setContainer(storefront, 'storefront', { readinessProbe: { httpGet: { path: '/', port: 8081 } } })],
    },
  ],
  behaviours: [{ pods: { namespace: 'shop', labels: { app: 'storefront' } }, listens: [8080] }, checkoutAtWork, ...shopAtWork],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'shop', deployment: 'storefront', startsAt: '-19m10s' }),
}
