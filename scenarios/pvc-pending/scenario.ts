import { kubePrometheus } from '../../control-plane/alerts.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a new review service claims a volume of a storage class that the cluster does not have',
  now: '2026-08-19T12:44:57Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-14d3h22m41s', apply: ['shared/shop.yaml'] },
    { at: '-41m33s', apply: ['20-reviews.yaml'] },
  ],
  behaviours: [checkoutAtWork, ...shopAtWork],
  alert: (podsOf) => {
    const [pod] = podsOf('shop', 'reviews-')
    return kubePrometheus.podNotReady({ namespace: 'shop', pod: pod.metadata.name, startsAt: '-25m50s' })
  },
}
