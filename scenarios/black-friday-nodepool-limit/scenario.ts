import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const WEB = { labels: { 'karpenter.sh/nodepool': 'web', 'node.kubernetes.io/instance-type': 'm7i.xlarge', 'karpenter.sh/capacity-type': 'on-demand', tier: 'web' } }
const HOSTS = [
  { claim: 'web-4kq9z', name: 'ip-10-12-33-104.eu-west-1.compute.internal', ip: '10.12.33.104' },
  { claim: 'web-7trv2', name: 'ip-10-12-41-18.eu-west-1.compute.internal', ip: '10.12.41.18' },
  { claim: 'web-hx6ps', name: 'ip-10-12-47-201.eu-west-1.compute.internal', ip: '10.12.47.201' },
  { claim: 'web-zz1mc', name: 'ip-10-12-52-66.eu-west-1.compute.internal', ip: '10.12.52.66' },
]
const LIMIT = 'all available instance types exceed limits for nodepool: "web"'
const known = ({ claim, name }: (typeof HOSTS)[number]): Patch => ({
  apiVersion: 'karpenter.sh/v1',
  kind: 'NodeClaim',
  name: claim,
  subresource: 'status',
  patch: { status: { nodeName: name, capacity: { cpu: '4', memory: '15708Mi', pods: '58' }, conditions: [{ type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: '2026-10-14T05:12:00Z' }] } },
})
const log = (level: string, message: string, rest: string) =>
  `{"level":"${level}","time":"{time}","logger":"controller","message":"${message}","commit":"1a2b7e9","controller":"provisioner","namespace":"","name":"","reconcileID":"{id}"${rest}}`

export const scenario: Scenario = {
  title: "Karpenter's NodePool is at its cpu limit",
  now: '2026-11-20T07:49:30Z',
  nodes: [
    ...HOSTS.map(({ name, ip }) => ({ name, ip, ...WEB })),
    { name: 'ip-10-12-60-9.eu-west-1.compute.internal', ip: '10.12.60.9', labels: { 'eks.amazonaws.com/nodegroup': 'system' }, taints: [] },
  ],
  steps: [
    { at: '-93d', apply: ['05-karpenter-crds.yaml'], manager: 'helm' },
    { at: '-92d', apply: ['10-nodepool.yaml', '15-karpenter.yaml', 'shared/kps.yaml'], manager: 'helm' },
    {
      at: '-91d',
      manager: 'karpenter',
      patch: [
        ...HOSTS.map(known),
        {
          apiVersion: 'karpenter.sh/v1',
          kind: 'NodePool',
          name: 'web',
          subresource: 'status',
          patch: {
            status: {
              nodes: 4,
              resources: { cpu: '16', memory: '62832Mi', nodes: '4', pods: '232' },
              conditions: [
                { type: 'ValidationSucceeded', status: 'True', reason: 'ValidationSucceeded', message: '', lastTransitionTime: '2026-08-20T07:51:00Z' },
                { type: 'NodeClassReady', status: 'True', reason: 'NodeClassReady', message: '', lastTransitionTime: '2026-08-20T07:51:00Z' },
                { type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: '2026-08-20T07:51:00Z' },
              ],
            },
          },
        },
      ],
    },
    { at: '-40d', apply: ['20-storefront.yaml'], manager: 'helm' },
    // The morning of the sale: more of it beforehand.
    { at: '-49m30s', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'storefront', name: 'checkout', patch: { spec: { replicas: 14 } } }] },
    {
      at: '-1m',
      events: (podsOf) =>
        podsOf('storefront', 'checkout-')
          .filter(({ spec }) => !spec.nodeName)
          .map(({ metadata }) => ({
            object: { apiVersion: 'v1', kind: 'Pod', namespace: 'storefront', name: metadata.name },
            type: 'Warning',
            reason: 'FailedScheduling',
            message: `Failed to schedule pod, ${LIMIT}`,
            component: 'karpenter',
            first: '-49m18s',
            last: '-2m20s',
            count: 10,
          })),
    },
  ],
  behaviours: [
    ...around,
    {
      pods: { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'karpenter' } },
      logs: [
        { after: 3, text: '{"level":"INFO","time":"{time}","logger":"controller","message":"Starting workers","commit":"1a2b7e9","controller":"provisioner","worker count":1}' },
        { after: 2000, every: 43200, text: '{"level":"INFO","time":"{time}","logger":"controller","message":"discovered ssm parameter","commit":"1a2b7e9","controller":"nodeclass","parameter":"/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/recommended/image_id","value":"ami-0f3d{ms}c1"}' },
      ],
    },
    {
      pods: { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'karpenter' } },
      since: '-49m20s',
      logs: [
        { after: 0, every: 300, text: log('INFO', 'found provisionable pod(s)', ',"Pods":"storefront/checkout and 4 other(s)","duration":"21.{ms}ms"') },
        { after: 0.2, every: 300, text: log('ERROR', 'could not schedule pod', `,"error":"${LIMIT.replaceAll('"', '\\"')}"`) },
      ],
    },
    {
      pods: { namespace: 'storefront', labels: { app: 'checkout' } },
      logs: [
        { after: 3, text: '{time} INFO  checkout [main] started in 2.6 s, 64 worker threads' },
        { after: 20, every: 320, text: '{time} INFO  checkout [worker] order {id} placed in 4{ms} ms' },
      ],
    },
    { pods: { namespace: 'storefront', labels: { app: 'checkout' } }, since: '-36m', logs: [{ after: 0, every: 75, text: '{time} WARN  checkout [acceptor] worker pool exhausted (64/64), 2{ms} requests waiting, oldest 3.1 s' }] },
    { pods: { namespace: 'storefront', labels: { app: 'product-page' } }, logs: [{ after: 5, every: 600, text: '{"t":"{time}","msg":"GET /p/{id} 200","ms":{ms}}' }] },
  ],
  alert: ownRule('CheckoutLatencyP99High', {
    startsAt: '-31m',
    labels: { namespace: 'storefront', service: 'checkout', severity: 'critical', team: 'checkout', slo: 'checkout-latency' },
    summary: 'Checkout is slow.',
    description: 'The 99th percentile of POST /checkout is 6.8 s (objective: 1.5 s).',
    expr: 'histogram_quantile(0.99, sum by (le, namespace, service) (rate(http_server_request_duration_seconds_bucket{service="checkout",route="/checkout"}[5m]))) > 1.5',
  }),
}
