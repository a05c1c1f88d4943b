import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const annotate = (at: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'exchange',
  name: 'matcher',
  patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } } },
})

export const scenario: Scenario = {
  title: 'a number in a ConfigMap is edited to "5k"; the Rust program that reads it panics after its next restart',
  now: '2026-07-02T15:40:00Z',
  steps: [
    { at: '-53d3h', apply: ['10-exchange.yaml'] },
    {
      at: '-35m',
      manager: 'kubectl-edit',
      patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'exchange', name: 'matcher-env', patch: { data: { ORDER_BOOK_DEPTH: '5k' } } }],
    },
    { at: '-34m', manager: 'kubectl-rollout', patch: [annotate('2026-07-02T15:06:00Z')] },
  ],
  behaviours: [
    {
      pods: { namespace: 'exchange' },
      since: '-34m30s',
      exits: { code: 101, after: 0.5 },
      listens: [],
      logs: [
        { after: 0, text: '{time}  INFO matcher: starting version=4.4.2 symbols=["EURUSD", "GBPUSD"]' },
        {
          after: 0.2,
          text: "thread 'main' panicked at src/settings.rs:48:14:\nORDER_BOOK_DEPTH must be a number: ParseIntError { kind: InvalidDigit }\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        },
      ],
    },
  ],
  alert: crashLooping('exchange', 'matcher-', 'matcher', '-18m'),
}
