import { kubePrometheus } from '../../control-plane/alerts.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'catalog mounts a file of a key that its ConfigMap does not have (catalog.yml; it is catalog.yaml)',
  now: '2026-08-07T08:13:21Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-25d3h22m41s', apply: ['shared/shop.yaml'] },
    {
      at: '-27m40s',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'catalog',
          patch: {
            spec: { template: { spec: { volumes: [{ name: 'config', configMap: { name: 'catalog', items: [{ key: 'catalog.yml', path: 'catalog.yaml' }] } }] } } },
          },
        },
      ],
    },
  ],
  behaviours: [checkoutAtWork, ...shopAtWork],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'shop', deployment: 'catalog', startsAt: '-11m55s' }),
}
