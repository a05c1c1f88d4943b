import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setEnv } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const dispatcher = { kind: 'Deployment', namespace: 'media-render', name: 'render-dispatcher' } as const
const python = 'OpenAPI-Generator'

const REFUSED = `{log4j} ERROR dispatcher order {n}8{ms}: could not start job
Traceback (most recent call last):
  File "/app/dispatcher/main.py", line 88, in start
    batch.create_namespaced_job(namespace=NAMESPACE, body=manifest)
  File "/usr/local/lib/python3.13/site-packages/kubernetes/client/api/batch_v1_api.py", line 210, in create_namespaced_job
    return self.create_namespaced_job_with_http_info(namespace, body, **kwargs)  # noqa: E501
kubernetes.client.exceptions.ApiException: (403)
Reason: Forbidden
HTTP response headers: HTTPHeaderDict({'Audit-Id': '{id}', 'Cache-Control': 'no-cache, private', 'Content-Type': 'application/json'})
HTTP response body: {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"jobs.batch \\"render-{id}\\" is forbidden: exceeded quota: object-counts, requested: count/jobs.batch=1, used: count/jobs.batch=12, limited: count/jobs.batch=12","reason":"Forbidden","details":{"name":"render-{id}","group":"batch","kind":"jobs"},"code":403}
{log4j} WARNING dispatcher requeue order, nack delivery_tag={n}`

export const scenario: Scenario = {
  title: 'Jobs that are kept for debugging fill the quota of Jobs; the dispatcher can start no more renderings',
  now: '2026-05-28T16:20:00Z',
  steps: [
    { at: '-58d', apply: ['shared/tools.yaml'] },
    { at: '-41d', manager: 'helm', apply: ['10-render.yaml'] },
    { at: '-29h', manager: 'kubectl-set', patch: [setEnv(dispatcher, 'dispatcher', 'KEEP_FINISHED_JOBS', 'true')] },
    { at: '-27h40m', manager: python, apply: ['20-orders.yaml'] },
    { at: '-23h10m', manager: python, apply: ['30-orders.yaml'] },
    { at: '-5h50m', manager: python, apply: ['40-orders.yaml'] },
    { at: '-74m', manager: python, apply: ['50-orders.yaml'] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'media-render', labels: { app: 'render' } },
      exits: { code: 0, after: 1460 },
      logs: [
        { after: 1, text: 'Blender 4.5.2 LTS (hash 9a1b3a8c7f0e built 2026-01-13 02:14:31)\nRead blend: "/work/scene.blend"' },
        { after: 9, every: 19, text: 'Fra:{n} Mem:412.{ms}M (Peak 611.02M) | Time:00:18.{ms} | Remaining:00:00.00 | Scene, ViewLayer | Finished' },
      ],
    },
    {
      pods: { namespace: 'media-render', name: 'render-dispatcher' },
      logs: [
        { after: 1, text: '{log4j} INFO dispatcher connected to rabbit:5672 vhost=render prefetch=1' },
        { after: 2, text: '{log4j} INFO dispatcher consuming queue=orders.render' },
      ],
    },
    { pods: { namespace: 'media-render', name: 'render-dispatcher' }, since: '-48m', logs: [{ after: 3, every: 30, text: REFUSED }] },
    {
      pods: { namespace: 'media-render', name: 'rabbit' },
      logs: [
        { after: 6, text: '{pg}+00:00 [info] <0.9.0>  Server startup complete; 5 plugins started.\n{pg}+00:00 [info] <0.9.0>  * rabbitmq_prometheus\n{pg}+00:00 [info] <0.9.0>  * rabbitmq_management' },
        { after: 60, every: 21600, text: '{pg}+00:00 [info] <0.1432.0> connection <0.1432.0> (10.244.1.7:{port} -> 10.244.0.9:5672): user \'render\' authenticated and granted access to vhost \'render\'' },
      ],
    },
  ],
  alert: kubePrometheus.own(
    'RenderOrdersWaiting',
    { namespace: 'media-render', service: 'rabbit', pod: 'rabbit-0', queue: 'orders.render', vhost: 'render', job: 'rabbit', severity: 'critical' },
    { summary: 'Orders wait for rendering.', description: '63 messages have been waiting in orders.render for more than 30 minutes.' },
    '-14m',
    'rabbitmq_detailed_queue_messages_ready{queue="orders.render"} > 20',
  ),
}
