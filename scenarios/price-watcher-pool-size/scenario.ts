import { ownRule } from '../../control-plane/controller-alerts.ts'
import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setEnv } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const RAISED = '-57m'

export const scenario: Scenario = {
  title: "the price watcher's pools take nearly all connections of the database",
  now: '2026-07-10T16:31:12Z',
  steps: [
    { at: '-64d', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '10-booking.yaml'], manager: 'helm' },
    {
      at: RAISED,
      manager: 'kubectl-set',
      patch: [setEnv({ kind: 'Deployment', namespace: 'booking', name: 'price-watcher' }, 'watcher', 'PG_POOL_MAX', '24')],
    },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'booking', labels: { app: 'price-watcher' }, where: (pod) => envOf(pod, 'PG_POOL_MAX') === '24' },
      logs: [
        { after: 1, text: '{"level":"info","ts":"{time}","msg":"pg pool ready","max":24,"idleTimeoutMillis":0,"host":"booking-pg"}' },
        {
          after: 20,
          every: 45,
          text: '{"level":"info","ts":"{time}","msg":"fares compared","routes":{ms},"changed":{n},"pool":{"total":24,"idle":21,"waiting":0}}',
        },
      ],
    },
    {
      pods: { namespace: 'booking', labels: { app: 'booking-pg' } },
      since: '-55m',
      logs: [{ after: 3, every: 9, text: '{pg} UTC [4{ms}] FATAL:  sorry, too many clients already' }],
    },
    {
      pods: { namespace: 'booking', labels: { app: 'booking-pg' } },
      logs: [
        {
          after: 120,
          every: 300,
          text: '{pg} UTC [27] LOG:  checkpoint starting: time\n{pg} UTC [27] LOG:  checkpoint complete: wrote 1{ms} buffers (0.9%), wrote 1 SLRU buffers; 0 WAL file(s) added, 0 removed, 1 recycled; write=18.{ms} s, sync=0.011 s, total=18.{ms} s',
        },
      ],
    },
    {
      pods: { namespace: 'booking', labels: { app: 'booking-api' } },
      logs: [
        {
          after: 9,
          every: 30,
          text: '{"@t":"{time}","@m":"HTTP GET /booking/offers responded 200 in {ms} ms","SourceContext":"Serilog.AspNetCore.RequestLoggingMiddleware"}',
        },
      ],
    },
    {
      pods: { namespace: 'booking', labels: { app: 'booking-api' } },
      since: '-55m',
      logs: [
        {
          after: 5,
          every: 28,
          text: '{"@t":"{time}","@l":"Error","@m":"HTTP POST /booking/reservations responded 500 in {ms} ms","@x":"Npgsql.PostgresException (0x80004005): 53300: sorry, too many clients already\\n   at Npgsql.Internal.NpgsqlConnector.ReadMessageLong(Boolean async, DataRowLoadingMode dataRowLoadingMode, Boolean readingNotifications, Boolean isReadingPrependedMessage)\\n   at Npgsql.PoolingDataSource.OpenNewConnector(NpgsqlConnection conn, NpgsqlTimeout timeout, Boolean async, CancellationToken cancellationToken)\\n   at Farewind.Booking.ReservationStore.AddAsync(Reservation r) in /src/ReservationStore.cs:line 71","SourceContext":"Serilog.AspNetCore.RequestLoggingMiddleware"}',
        },
      ],
    },
  ],
  alert: ownRule('ReservationErrorsHigh', {
    startsAt: '-44m',
    labels: { namespace: 'booking', service: 'booking-api', route: '/booking/reservations', severity: 'critical', team: 'checkout' },
    summary: 'Reservations fail.',
    description: '38% of POST /booking/reservations of booking-api answered 5xx over 10 minutes.',
    expr: 'sum by (namespace, service, route) (rate(http_server_request_duration_seconds_count{status=~"5..",route="/booking/reservations"}[10m])) / sum by (namespace, service, route) (rate(http_server_request_duration_seconds_count[10m])) > 0.05',
  }),
}
