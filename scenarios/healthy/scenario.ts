import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const workload = (name: string) => ({ kind: 'Deployment', namespace: 'shop', name }) as const

export const scenario: Scenario = {
  title: 'nothing is broken; what looks like it is over: a Job that failed once, a restart of last week, warnings of a roll-out that went well',
  now: '2026-09-10T11:26:37Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-24d3h22m41s', apply: ['shared/shop.yaml'] },
    { at: '-8d1h15m2s', manager: 'kubectl-set', patch: [setImage(workload('payments'), 'payments', 'registry.shop.example/payments:2.12.0')] },
    { at: '-1d5h3m9s', apply: ['20-migration.yaml'] },
    { at: '-41m50s', manager: 'kubectl-set', patch: [setImage(workload('catalog'), 'catalog', 'registry.shop.example/catalog:3.9.1')] },
  ],
  behaviours: [
    // The first try found the database restarting; the second did the work.
    {
      pods: { namespace: 'shop', name: 'ledger-migrate-0031' },
      until: '-1d5h2m57s',
      exits: { code: 1, after: 3 },
      logs: [{ after: 1, text: '{time} migrate: dial tcp 10.96.87.40:5432: connect: connection refused' }],
    },
    { pods: { namespace: 'shop', name: 'ledger-migrate-0031' }, since: '-1d5h2m57s', logs: [{ after: 1, text: '{time} migrate: 0030 -> 0031' }, { after: 9, text: '{time} migrate: done' }] },
    // A crash of six days ago, once.
    { pods: { namespace: 'shop', labels: { app: 'cart-redis' } }, since: '-6d2h', exits: { code: 137, after: 60, times: 1 } },
    // The new catalog warms its cache before it answers.
    {
      pods: { namespace: 'shop', labels: { app: 'catalog' }, where: (pod) => pod.spec.containers[0].image.endsWith(':3.9.1') },
      since: '-41m50s',
      until: '-41m5s',
      probes: { readiness: { status: 503 } },
    },
    checkoutAtWork,
    ...shopAtWork,
  ],
  alert: (podsOf) => {
    const [pod] = podsOf('shop', 'storefront-')
    return kubePrometheus.cpuThrottlingHigh({ namespace: 'shop', pod: pod.metadata.name, container: 'storefront', percent: 27.31, startsAt: '-16m5s' })
  },
}
