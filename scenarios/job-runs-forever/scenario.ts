import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a scraper’s script loops for ever after its download, so the Job never completes',
  now: '2026-05-25T19:30:00Z',
  steps: [
    { at: '-15d', apply: ['10-ns.yaml'] },
    { at: '-14h10m', apply: ['20-job.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'scraping', name: 'product-data' },
      exits: { code: 0, after: 900_000 },
      logs: [
        {
          after: 1,
          text: 'Connecting to products.vendor.example (203.0.113.20:443)\nwriting to stdout\n-                    100% |********************************| 48213  0:00:00 ETA\nwritten to stdout',
        },
      ],
    },
  ],
  alert: kubePrometheus.jobNotCompleted({ namespace: 'scraping', job_name: 'product-data', startsAt: '-2h5m' }),
}
