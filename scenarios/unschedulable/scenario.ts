import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const catalog = { kind: 'Deployment', namespace: 'shop', name: 'catalog' } as const

export const scenario: Scenario = {
  title: 'catalog asks for 6 CPUs a pod on nodes of 4; the scheduler finds no place for its new pods',
  now: '2026-10-14T07:55:48Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-35d3h22m41s', apply: ['shared/shop.yaml'] },
    { at: '-38m29s', manager: 'kubectl-edit', patch: [setContainer(catalog, 'catalog', { resources: { requests: { cpu: '6' } } })] },
  ],
  behaviours: [checkoutAtWork, ...shopAtWork],
  alert: (podsOf) => {
    const pod = podsOf('shop', 'catalog-').find(({ spec }) => !spec.nodeName)
    return kubePrometheus.podNotReady({ namespace: 'shop', pod: pod.metadata.name, startsAt: '-22m40s' })
  },
}
