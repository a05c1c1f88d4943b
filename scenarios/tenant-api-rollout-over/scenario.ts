import { ownRule } from '../../control-plane/controller-alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const api = (tag: string) => ({ namespace: 'workspace', labels: { app: 'tenant-api' }, where: (pod: KubeObject) => pod.spec.containers[0].image.endsWith(tag) })

export const scenario: Scenario = {
  title: 'an alert on errors of a roll-out that is finished, in a cluster that is well',
  now: '2026-10-12T12:33:21Z',
  steps: [
    { at: '-66d', apply: ['shared/entry-controller.yaml', 'shared/monitoring.yaml', '10-saas.yaml'], manager: 'helm' },
    {
      at: '-65d23h',
      manager: 'keda-operator',
      patch: [
        { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', namespace: 'workspace', name: 'export-worker', subresource: 'status', patch: { status: { conditions: [{ type: 'Ready', status: 'True', reason: 'ScaledObjectReady', message: 'ScaledObject is defined correctly and is ready for scaling' }, { type: 'Active', status: 'False', reason: 'ScalerNotActive', message: 'Scaling is not performed because triggers are not active' }, { type: 'Fallback', status: 'False', reason: 'NoFallbackFound', message: 'No fallbacks are active on this scaled object' }], lastActiveTime: '2026-10-12T06:20:40Z', originalReplicaCount: 1, scaleTargetKind: 'apps/v1.Deployment' } } },
      ],
    },
    { at: '-6d3h' },
    { at: '-17m', apply: ['30-migrate.yaml'], manager: 'helm' },
    { at: '-14m40s', manager: 'helm', patch: [setImage({ kind: 'Deployment', namespace: 'workspace', name: 'tenant-api' }, 'api', 'registry.teamdesk.example/tenant-api:2026.42.0')] },
    { at: '-12m30s' },
  ],
  behaviours: [
    // One try too early: the old version still held a lock.
    { pods: { namespace: 'workspace', labels: { job: 'migrate' } }, until: '-16m40s', exits: { code: 1, after: 6, times: 1 }, logs: [{ after: 5, text: '{clock} [error] ** (Postgrex.Error) ERROR 55P03 (lock_not_available) canceling statement due to lock timeout' }] },
    { pods: { namespace: 'workspace', labels: { job: 'migrate' } }, since: '-16m40s', logs: [{ after: 2, text: '{clock} [info] == Running 20261008101500 TeamDesk.Repo.Migrations.AddSeatIndex.change/0 forward\n{clock} [info] == Migrated 20261008101500 in 4.1s' }] },
    { pods: { namespace: 'workspace', name: 'rabbitmq' }, since: '-6d3h', until: '-6d2h59m50s', exits: { code: 137, after: 1 } },
    { pods: { namespace: 'workspace', name: 'rabbitmq' }, logs: [{ after: 12, text: '{day} {clock}+00:00 [info] <0.9.0> Server startup complete; 5 plugins started.' }] },
    // A new pod takes a while to warm up.
    { pods: api(':2026.42.0'), probes: { readiness: { status: 503 } }, until: '-12m30s' },
    {
      pods: api(':2026.42.0'),
      logs: [
        { after: 2, text: '{clock} [info] Running TeamDeskWeb.Endpoint with Bandit 1.8.0 at 0.0.0.0:4000 (http)' },
        { after: 20, every: 5, text: '{clock} request_id={id} [info] POST /api/tenants Sent 200 in {ms}ms' },
      ],
    },
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-12m29s',
      until: '-11m50s',
      logs: [{ after: 1, every: 3, text: '{date} [error] 29#29: *{n}4410 connect() failed (111: Connection refused) while connecting to upstream, client: 10.20.1.11, server: api.teamdesk.example, request: "POST /api/tenants HTTP/2.0", upstream: "http://10.244.2.14:4000/api/tenants", host: "api.teamdesk.example"\n{"time":"{time}","host":"api.teamdesk.example","method":"POST","uri":"/api/tenants","status":502,"request_time":0.001,"ingress":"tenant-api","req_id":"{id}"}' }],
    },
    { pods: { namespace: 'ingress-nginx' }, logs: [{ after: 2, every: 4, text: '{"time":"{time}","host":"api.teamdesk.example","method":"POST","uri":"/api/tenants","status":200,"request_time":0.0{ms},"ingress":"tenant-api","req_id":"{id}"}' }] },
  ],
  alert: ownRule('IngressErrorRatioHigh', {
    startsAt: '-9m',
    labels: { namespace: 'workspace', ingress: 'tenant-api', severity: 'critical' },
    summary: 'Over the last 15 minutes more than 2 % of the requests of an Ingress failed.',
    description: '2.6% of the requests to workspace/tenant-api were answered with 5xx in the last 15 minutes.',
    expr: 'sum by (namespace, ingress) (rate(nginx_ingress_controller_requests{status=~"5.."}[15m])) / sum by (namespace, ingress) (rate(nginx_ingress_controller_requests[15m])) > 0.02',
  }),
}
