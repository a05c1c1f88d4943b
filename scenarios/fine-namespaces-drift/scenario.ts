import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'two namespaces run different versions of one application; both are well',
  now: '2026-06-11T11:00:00Z',
  steps: [{ at: '-20d', apply: ['10-drift.yaml'] }],
  alert: ownRule('VersionDrift', {
    startsAt: '-2h',
    labels: { namespace: 'catalog-blue', deployment: 'product-catalog' },
    summary: 'Environments differ.',
    description: 'product-catalog runs 1.13.0 in catalog-green and 1.14.2 in catalog-blue.',
    expr: 'count by (deployment) (count by (deployment, image) (kube_pod_container_info)) > 1',
  }),
}
