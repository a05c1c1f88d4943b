import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Json } from '../../control-plane/api.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const RELEASE = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', namespace: 'crm', name: 'crm' }
const status = (text: Json): Patch => ({ ...RELEASE, subresource: 'status', patch: { status: text } })
const app = (name: string) => ({ namespace: 'crm', labels: { app: name } })
const flux = { namespace: 'flux-system', labels: { app: 'helm-controller' } }
const HOOK = 'pre-upgrade hooks failed: 1 error occurred:\n\t* job crm-migrate failed: BackoffLimitExceeded\n\n'
const FAILED = `Helm upgrade failed for release crm/crm with chart crm@3.5.0: ${HOOK}`

export const scenario: Scenario = {
  title: "a release's migration goes through a pooler that does not carry it",
  now: '2026-03-26T16:20:00Z',
  nodes: [
    { name: 'mh-k8s-w1', ip: '10.2.14.21' },
    { name: 'mh-k8s-w2', ip: '10.2.14.22' },
    { name: 'mh-k8s-w3', ip: '10.2.14.23' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml', '05-flux.yaml'], manager: 'flux' },
    { at: '-44d', apply: ['10-crm.yaml'], manager: 'helm-controller' },
    { at: '-43d23h50m', manager: 'helm-controller', patch: [status({ observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True', reason: 'InstallSucceeded', message: 'Helm install succeeded for release crm/crm.v1 with chart crm@3.4.0', observedGeneration: 1, lastTransitionTime: '2026-02-10T16:29:41Z' }], history: [{ chartName: 'crm', chartVersion: '3.4.0', name: 'crm', namespace: 'crm', status: 'deployed', version: 1 }] })] },
    { at: '-6d', apply: ['20-pgbouncer.yaml'], manager: 'kustomize-controller' },
    {
      at: '-40m',
      manager: 'kustomize-controller',
      patch: [{ ...RELEASE, patch: { spec: { chart: { spec: { version: '3.5.0' } }, values: { image: { tag: '3.5.0' }, database: { host: 'pgbouncer', port: 6432 } } } } }],
    },
    { at: '-39m50s', apply: ['30-hook.yaml'], manager: 'helm-controller' },
    {
      at: '-38m47s',
      manager: 'helm-controller',
      patch: [
        status({
          observedGeneration: 2,
          upgradeFailures: 1,
          failures: 1,
          conditions: [
            { type: 'Stalled', status: 'True', reason: 'RetriesExceeded', message: 'Failed to upgrade after 1 attempt(s)', observedGeneration: 2, lastTransitionTime: '2026-03-26T15:41:13Z' },
            { type: 'Ready', status: 'False', reason: 'UpgradeFailed', message: FAILED, observedGeneration: 2, lastTransitionTime: '2026-03-26T15:41:13Z' },
            { type: 'Released', status: 'False', reason: 'UpgradeFailed', message: FAILED, observedGeneration: 2, lastTransitionTime: '2026-03-26T15:41:13Z' },
          ],
          history: [
            { chartName: 'crm', chartVersion: '3.5.0', name: 'crm', namespace: 'crm', status: 'failed', version: 2 },
            { chartName: 'crm', chartVersion: '3.4.0', name: 'crm', namespace: 'crm', status: 'deployed', version: 1 },
          ],
        }),
      ],
      events: [
        { object: RELEASE, type: 'Normal', reason: 'HelmChartConfigured', message: "Configured HelmChart/flux-system/crm-crm with SourceRef 'HelmRepository/crm/internal'", component: 'helm-controller', first: '-39m58s' },
        { object: RELEASE, type: 'Warning', reason: 'UpgradeFailed', message: `${FAILED}\n\nLast Helm logs:\n\n2026-03-26T15:41:12.9Z: warning: Upgrade "crm" failed: pre-upgrade hooks failed`, component: 'helm-controller', first: '-38m48s' },
      ],
    },
  ],
  behaviours: [
    ...around,
    { pods: app('crm-migrate'), exits: { code: 1, after: 4.8 } },
    {
      pods: app('crm-migrate'),
      logs: [
        { after: 1.9, text: 'Prisma schema loaded from prisma/schema.prisma' },
        { after: 2.1, text: 'Datasource "db": PostgreSQL database "crm", schema "public" at "pgbouncer:6432"\n\n118 migrations found in prisma/migrations\n' },
        { after: 4.4, text: 'Error: ERROR: prepared statement "s1" already exists\n   0: schema_core::state::ApplyMigrations\n             at schema-engine/core/src/state.rs:236\n' },
      ],
    },
    { pods: flux, logs: [{ after: 1, text: '{"level":"info","ts":"{time}","logger":"setup","msg":"starting manager"}' }] },
    { pods: flux, since: '-38m48s', until: '-38m', logs: [{ after: 0, text: '{"level":"error","ts":"{time}","msg":"Reconciler error","controller":"helmrelease","controllerGroup":"helm.toolkit.fluxcd.io","controllerKind":"HelmRelease","HelmRelease":{"name":"crm","namespace":"crm"},"namespace":"crm","name":"crm","reconcileID":"{id}","error":"terminal error: exceeded maximum retries: cannot remediate failed release"}' }] },
    { pods: app('pgbouncer'), logs: [{ after: 0.1, text: '{pg} UTC [1] LOG kernel file descriptor limit: 1048576 (hard: 1048576); max_client_conn: 400, max expected fd use: 432\n{pg} UTC [1] LOG listening on 0.0.0.0:6432\n{pg} UTC [1] LOG process up: PgBouncer 1.24.1, libevent 2.1.12-stable (epoll), adns: evdns2, tls: OpenSSL 3.5.0' }, { after: 60, every: 60, text: '{pg} UTC [1] LOG stats: 0 xacts/s, 0 queries/s, 0 client parses/s, 0 server parses/s, 0 binds/s, in 0 B/s, out 0 B/s, xact 0 us, query 0 us, wait 0 us' }] },
    { pods: app('crm-postgres'), logs: [{ after: 2, text: '{pg} UTC [1] LOG:  database system is ready to accept connections' }] },
    { pods: app('crm-postgres'), since: '-39m45s', until: '-38m50s', logs: [{ after: 5, every: 14, text: '{pg} UTC [8{ms}] ERROR:  prepared statement "s1" already exists\n{pg} UTC [8{ms}] STATEMENT:  SELECT migration_name, checksum, finished_at FROM _prisma_migrations ORDER BY started_at ASC' }] },
    { pods: app('crm'), logs: [{ after: 2, text: '  ▲ Next.js 15.5.4\n   - Local:        http://localhost:3000\n ✓ Ready in 712ms' }, { after: 15, every: 33, text: '{time} GET /api/contacts/{port} 200 in {ms}ms' }] },
  ],
  alert: ownRule('FluxHelmReleaseNotReady', {
    startsAt: '-28m',
    labels: { exported_namespace: 'crm', name: 'crm', customresource_group: 'helm.toolkit.fluxcd.io', customresource_kind: 'HelmRelease', customresource_version: 'v2', ready: 'False', namespace: 'observability', severity: 'warning' },
    summary: 'A HelmRelease is not ready.',
    description: 'HelmRelease crm/crm has not been ready for 10 minutes.',
    expr: 'gotk_resource_info{customresource_kind="HelmRelease",ready="False"} == 1',
  }),
}
