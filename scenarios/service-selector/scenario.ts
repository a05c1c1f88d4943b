import { kubePrometheus } from '../../control-plane/alerts.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a change of labels renamed what Service catalog selects; its pods are well and get no traffic',
  now: '2026-09-29T16:20:11Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-19d3h22m41s', apply: ['shared/shop.yaml'] },
    {
      at: '-33m17s',
      manager: 'kubectl-edit',
      patch: [{ apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'catalog', patch: { spec: { selector: { app: 'catalog-api' } } } }],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'shop', labels: { app: 'storefront' } },
      since: '-33m16s',
      logs: [{ after: 1, every: 6, text: '{time} error GET http://catalog/v1/products: connect ECONNREFUSED request={id}' }],
    },
    // It still serves its probes, and nobody else.
    { pods: { namespace: 'shop', labels: { app: 'catalog' } }, until: '-33m17s', logs: [{ after: 2, every: 17, text: '{time} INFO  search q={id} took={ms}ms' }] },
    checkoutAtWork,
    ...shopAtWork.filter(({ pods }) => pods.labels?.app !== 'catalog'),
  ],
  alert: kubePrometheus.targetDown({ namespace: 'shop', service: 'catalog', job: 'catalog', startsAt: '-22m50s' }),
}
