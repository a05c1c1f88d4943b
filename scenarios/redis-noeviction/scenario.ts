import { errorRate } from '../shared/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'redis is cut to 64mb and evicts nothing; on the evening of a premiere it refuses writes, and booking answers 500',
  now: '2026-07-03T20:21:17Z',
  steps: [
    { at: '-88d', apply: ['10-cinema.yaml'] },
    {
      at: '-5h20m',
      manager: 'kubectl-edit',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'cinema', name: 'holds' }, 'redis', {
          args: ['redis-server', '--maxmemory', '64mb', '--maxmemory-policy', 'noeviction', '--save', ''],
          resources: { requests: { memory: '96Mi' }, limits: { memory: '128Mi' } },
        }),
      ],
    },
  ],
  behaviours: [
    { pods: { namespace: 'cinema', labels: { app: 'holds' } }, logs: [{ after: 0.3, text: '1:C {date} * Redis version=8.2.1, bits=64, commit=00000000, modified=0, pid=1, just started\n1:M {date} * Running mode=standalone, port=6379.\n1:M {date} * Ready to accept connections tcp' }] },
    {
      pods: { namespace: 'cinema', labels: { app: 'booking' } },
      logs: [{ after: 4, text: '=> Booting Puma\n=> Rails 8.0.2 application starting in production\n* Listening on http://0.0.0.0:3000' }, { after: 20, every: 25, text: 'I, [{time} #1]  INFO -- : [{id}] Completed 200 OK in {ms}ms (Views: 1.2ms | ActiveRecord: 3.1ms)' }],
    },
    {
      pods: { namespace: 'cinema', labels: { app: 'booking' } },
      since: '-52m',
      logs: [
        {
          after: 1,
          every: 7,
          text: "I, [{time} #1]  INFO -- : [{id}] Completed 500 Internal Server Error in {ms}ms (ActiveRecord: 2.2ms)\nF, [{time} #1] FATAL -- : [{id}]   \n[{id}] RedisClient::OutOfMemoryError (OOM command not allowed when used memory > 'maxmemory'. (redis://holds:6379/0)):\n[{id}]   \n[{id}] app/models/seat_hold.rb:27:in 'SeatHold#place!'\n[{id}] app/controllers/seats_controller.rb:41:in 'SeatsController#hold'",
        },
      ],
    },
  ],
  alert: errorRate({ namespace: 'cinema', service: 'booking', percent: 58, startsAt: '-45m' }),
}
