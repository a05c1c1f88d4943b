import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const BASKET = { namespace: 'grocer', labels: { app: 'basket' } }
/** Minutes before the end at which the load rises; it falls four minutes later. */
const RISES = [52, 42, 32, 22, 12]

export const scenario: Scenario = {
  title: 'an autoscaler without a stabilisation window adds and takes pods every few minutes; callers lose their connections',
  now: '2026-07-10T16:30:00Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-19d', apply: ['10-grocer.yaml'] },
    ...RISES.flatMap((m) => [
      { at: `-${m}m`, wait: 4000 },
      { at: `-${m - 1}m`, wait: 4000 },
      { at: `-${m - 4}m`, wait: 4000 },
      { at: `-${m - 5}m`, wait: 4000 },
    ]),
  ],
  behaviours: [
    ...RISES.map((m) => ({ pods: BASKET, since: `-${m}m`, until: `-${m - 4}m`, usage: { cpu: '390m', memory: '140Mi' } })),
    { pods: BASKET, usage: { cpu: '45m', memory: '120Mi' }, logs: [{ after: 3, every: 40, text: '{time} INFO basket: put line={id} took={ms}ms' }] },
    {
      pods: { namespace: 'grocer', labels: { app: 'storefront' } },
      since: '-48m',
      logs: [
        { after: 5, every: 20, text: '{time} INFO GET /shop 200 {ms}ms' },
        { after: 11, every: 45, text: '{time} ERROR basket: Post "http://basket/v1/lines": read tcp 10.244.1.9:41022->10.96.31.7:80: read: connection reset by peer' },
      ],
    },
    { pods: { namespace: 'grocer', labels: { app: 'storefront' } }, logs: [{ after: 5, every: 20, text: '{time} INFO GET /shop 200 {ms}ms' }] },
  ],
  alert: ownRule('CheckoutErrorBudgetBurn', {
    startsAt: '-31m',
    labels: { namespace: 'grocer', service: 'storefront', severity: 'critical', slo: 'checkout' },
    summary: 'The checkout burns its error budget.',
    description: '3.1% of requests to the storefront have failed over the last half hour (objective 99.9%).',
    expr: 'slo:error_budget_burn:ratio{slo="checkout"} > 14',
  }),
}
