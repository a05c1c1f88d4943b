import { setImage } from '../../control-plane/patches.ts'
import { notReady } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the database was scaled down for maintenance and forgotten; the next roll-out of its client waits in an init container',
  now: '2026-08-02T05:20:00Z',
  steps: [
    { at: '-15d3h12m8s', apply: ['10-ticketing.yaml'] },
    {
      at: '-1h30m2s',
      manager: 'kubectl-scale',
      patch: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'ticketing', name: 'postgres', patch: { spec: { replicas: 0 } } }],
    },
    {
      at: '-49m20s',
      manager: 'kubectl-set',
      patch: [setImage({ kind: 'Deployment', namespace: 'ticketing', name: 'seat-map' }, 'seat-map', 'ghcr.io/tickets-example/seat-map:4.3.0')],
    },
  ],
  behaviours: [
    {
      pods: { labels: { app: 'seat-map' } },
      container: 'wait-for-db',
      since: '-1h30m',
      exits: { code: 0, after: 100_000 },
      logs: [{ after: 0, every: 3, text: 'waiting for pg:5432' }],
    },
    { pods: { labels: { app: 'seat-map' } }, until: '-1h30m', logs: [{ after: 2, every: 40, text: '{time} info: GET /seats 200 {ms}ms' }] },
    { pods: { labels: { app: 'seat-map' } }, since: '-1h29m50s', logs: [{ after: 2, every: 20, text: '{time} error: Error: connect ECONNREFUSED 10.96.201.9:5432' }], probes: { readiness: { status: 500 } } },
  ],
  alert: notReady('ticketing', 'seat-map-', '-32m'),
}
