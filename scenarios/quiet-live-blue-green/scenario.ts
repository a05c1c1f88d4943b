import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

export const scenario: Scenario = {
  title: 'nothing is broken: a latency spike that is over, in a cluster that runs blue and green',
  now: '2026-06-02T19:44:02Z',
  steps: [
    { at: '-55d', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '10-live.yaml'], manager: 'helm' },
    {
      at: '-3d6h',
      manager: 'kubectl-scale',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'live', name: 'playout-blue', patch: { spec: { replicas: 0 } } }],
    },
    { at: '-26h', apply: ['20-archive.yaml'] },
    { at: '-25h20m', apply: ['21-archive.yaml'] },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'live', labels: { run: 'r1' } },
      exits: { code: 1, after: 63 },
      logs: [
        { after: 1, text: '{time} INFO archiver 2.2.7 match=2231' },
        {
          after: 62,
          text: '{time} ERROR upload failed: operation error S3: PutObject, https response error StatusCode: 503, RequestID: {id}, api error SlowDown: Please reduce your request rate.',
        },
      ],
    },
    {
      pods: { namespace: 'live', labels: { run: 'r2' } },
      exits: { code: 0, after: 240 },
      logs: [
        { after: 1, text: '{time} INFO archiver 2.2.7 match=2231' },
        { after: 238, text: '{time} INFO uploaded 214 segments, done' },
      ],
    },
    {
      pods: { namespace: 'live', labels: { app: 'stream-indexer' } },
      since: '-7d2h',
      until: '-7d1h59m10s',
      evicted: {
        message:
          'The node was low on resource: memory. Threshold quantity: 100Mi, available: 71004Ki. Container indexer was using 241012Ki, request is 128Mi, has larger consumption of memory. ',
        after: 30,
      },
    },
    {
      pods: { namespace: 'live', labels: { app: 'stream-indexer' } },
      logs: [{ after: 12, every: 120, text: '{"t":"{time}","msg":"indexed","streams":4{ms}}' }],
    },
    {
      pods: { namespace: 'live', labels: { app: 'playout' } },
      logs: [{ after: 2, every: 13, text: '{"t":"{time}","lvl":"info","msg":"session","id":"{id}","status":200,"ms":{ms}}' }],
    },
    {
      pods: { namespace: 'live', labels: { slot: 'green' } },
      since: '-9m',
      until: '-6m',
      logs: [{ after: 5, every: 30, text: '{"t":"{time}","lvl":"warn","msg":"slow session start","id":"{id}","status":200,"ms":24{ms}}' }],
    },
    {
      pods: { namespace: 'live', labels: { app: 'valkey' } },
      logs: [
        {
          after: 0.3,
          text: '1:M {day} {clock} * Valkey version=8.1.4, bits=64, commit=00000000, modified=0, pid=1, just started\n1:M {day} {clock} * Ready to accept connections tcp',
        },
        {
          after: 3000,
          every: 3600,
          text: '1:M {day} {clock} * 10000 changes in 60 seconds. Saving...\n1:M {day} {clock} * Background saving terminated with success',
        },
      ],
    },
  ],
  alert: ownRule('PlayoutSessionStartSlow', {
    startsAt: '-4m10s',
    labels: { namespace: 'live', service: 'playout', quantile: '0.99', severity: 'warning', team: 'live' },
    summary: 'Live sessions start slowly.',
    description: 'p99 of session starts at playout was 2.46 s over 5 minutes (objective 1.5 s).',
    expr: 'histogram_quantile(0.99, sum by (le) (rate(playout_session_start_seconds_bucket[5m]))) > 1.5',
  }),
}
