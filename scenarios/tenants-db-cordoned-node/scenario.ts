import { ownRule } from '../../control-plane/controller-alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a database with a local volume cannot come back to a node that is still cordoned',
  now: '2026-10-06T05:58:27Z',
  steps: [
    { at: '-64d', apply: ['shared/entry-controller.yaml', 'shared/monitoring.yaml', '10-tenants.yaml'] },
    { at: '-2d6h', apply: ['20-growth.yaml'], manager: 'kubectl-client-side-apply' },
    { at: '-19h22m', manager: 'kubectl-cordon', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'worker-2', patch: { spec: { unschedulable: true } } }] },
    { at: '-38m', manager: 'helm', patch: [setImage({ kind: 'StatefulSet', namespace: 'helpdesk', name: 'tenants-mysql' }, 'mysql', 'docker.io/library/mysql:8.4.6')] },
  ],
  behaviours: [
    { pods: { namespace: 'helpdesk', labels: { app: 'web' } }, until: '-38m', logs: [{ after: 6, every: 7, text: 'I, [{day}T{clock} #1]  INFO -- : [{id}] method=GET path=/tickets format=html controller=TicketsController action=index status=200 duration={ms}.41 view=11.02 db=6.77' }] },
    {
      pods: { namespace: 'helpdesk', labels: { app: 'web' } },
      since: '-37m52s',
      logs: [
        {
          after: 2,
          every: 13,
          text: `F, [{day}T{clock} #1] FATAL -- : [{id}] ActiveRecord::ConnectionNotEstablished (Can't connect to MySQL server on 'tenants-mysql:3306' (111)):
[{id}] mysql2 (0.5.6) lib/mysql2/client.rb:97:in \`connect'
[{id}] activerecord (7.2.2.1) lib/active_record/connection_adapters/mysql2_adapter.rb:36:in \`new_client'
[{id}] app/middleware/tenant_resolver.rb:19:in \`call'`,
        },
        { after: 2, every: 13, text: 'I, [{day}T{clock} #1]  INFO -- : [{id}] method=GET path=/tickets format=html controller=TicketsController action=index status=500 duration={ms}.80' },
      ],
    },
    {
      pods: { namespace: 'growth' },
      exits: { code: 1, after: 3 },
      logs: [{ after: 2, text: `Traceback (most recent call last):
  File "/srv/attribution/worker.py", line 11, in <module>
    SEGMENT_KEY = os.environ["SEGMENT_WRITE_KEY"]
                  ~~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^
  File "<frozen os>", line 714, in __getitem__
KeyError: 'SEGMENT_WRITE_KEY'` }],
    },
    { pods: { namespace: 'helpdesk', labels: { app: 'redis' } }, logs: [{ after: 1, text: '1:M 03 Aug 2026 05:58:31.118 * Ready to accept connections tcp' }] },
  ],
  alert: ownRule('HelpdeskErrorRate', {
    startsAt: '-33m',
    labels: { namespace: 'helpdesk', ingress: 'web', host: 'app.ticketbay.example', severity: 'critical' },
    summary: 'More than 5 % of the requests at the edge fail.',
    description: '100% of the requests to app.ticketbay.example (helpdesk/web) are answered with 5xx.',
    expr: 'sum by (namespace, ingress, host) (rate(nginx_ingress_controller_requests{status=~"5.."}[5m])) / sum by (namespace, ingress, host) (rate(nginx_ingress_controller_requests[5m])) > 0.05',
  }),
}
