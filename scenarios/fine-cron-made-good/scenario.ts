import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a nightly import failed once and the run after it went well; the alert about the failed Job still stands',
  now: '2026-09-14T08:00:30Z',
  steps: [
    { at: '-40d', apply: ['10-geo.yaml'] },
    { at: '-1d5h', apply: ['20-failed.yaml'] },
    { at: '-5h', apply: ['30-good.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'geodata', name: 'import-29812000' },
      exits: { code: 1, after: 30 },
      logs: [{ after: 28, text: '{time} ERROR import: GET https://tiles.vendor.example/planet: 503 Service Unavailable' }],
    },
    { pods: { namespace: 'geodata', name: 'import-29813440' }, logs: [{ after: 9, text: '{time} INFO import: 48213 rows' }] },
  ],
  alert: kubePrometheus.jobFailed({ namespace: 'geodata', job_name: 'import-29812000', startsAt: '-1d4h30m' }),
}
