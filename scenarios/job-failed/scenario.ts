import { kubePrometheus } from '../../control-plane/alerts.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a migration Job names a database that does not exist (ledgr) and fails until its back-off limit',
  now: '2026-09-05T04:38:19Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-21d3h22m41s', apply: ['shared/shop.yaml'] },
    { at: '-37m26s', apply: ['20-migration.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'shop', name: 'ledger-migrate-0032' },
      exits: { code: 1, after: 3 },
      logs: [
        { after: 0.4, text: '{time} migrate: connecting to ledger-db:5432/ledgr' },
        { after: 0.9, text: '{time} migrate: FATAL: database "ledgr" does not exist (SQLSTATE 3D000)' },
      ],
    },
    checkoutAtWork,
    ...shopAtWork,
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'shop', job_name: 'ledger-migrate-0032', startsAt: '-14m30s' }),
}
