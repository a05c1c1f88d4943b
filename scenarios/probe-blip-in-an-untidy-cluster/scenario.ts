import type { KubeObject } from '../../control-plane/api.ts'
import { setImage } from '../../control-plane/patches.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

const imageOf = (pod: KubeObject): string => pod.spec.containers[0].image

export const scenario: Scenario = {
  title: 'nothing is wrong: an outside probe failed for a moment, in an untidy cluster',
  now: '2026-05-17T21:14:03Z',
  nodes: DEFAULT_NODES.map((node) =>
    node.name === 'worker-2' ? { ...node, faults: [{ since: '-8d4h', until: '-8d3h51m', pressure: 'DiskPressure' as const }] } : node,
  ),
  steps: [
    { at: '-93d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-93d', apply: ['shared/ingress-nginx.yaml'] },
    { at: '-49d', manager: 'helm', apply: ['10-shop.yaml'] },
    { at: '-12d', manager: 'helm', patch: [setImage({ kind: 'Deployment', namespace: 'buchshop', name: 'shop' }, 'shop', 'registry.buchshop.example/shop:4.20.0')] },
    { at: '-11d22h', manager: 'helm', patch: [setImage({ kind: 'Deployment', namespace: 'buchshop', name: 'shop' }, 'shop', 'registry.buchshop.example/shop:4.19.0')] },
    { at: '-8d4h', wait: 6500 },
    { at: '-3h', manager: 'helm', apply: ['20-sitemap.yaml'] },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'buchshop', labels: { app: 'shop' }, where: (pod) => imageOf(pod).endsWith(':4.20.0') }, probes: { readiness: { status: 503 } } },
    { pods: { namespace: 'buchshop', name: 'search' }, since: '-23d', until: '-22d23h50m', exits: { code: 137, after: 70, oom: true } },
    {
      pods: { namespace: 'buchshop', name: 'cover-resizer', where: (pod) => pod.spec.nodeName === 'worker-2' },
      since: '-8d3h59m',
      until: '-8d3h58m40s',
      evicted: { message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 8387377200, available: 7211004Ki. Container resizer was using 3107292Ki, request is 0, has larger consumption of ephemeral-storage. ' },
    },
    {
      pods: { namespace: 'buchshop', name: 'sitemap-build' },
      exits: { code: 1, after: 31, times: 1 },
      logs: [{ after: 1, text: '{time} INFO sitemap: 184112 urls' }],
    },
    { pods: { namespace: 'buchshop', labels: { app: 'shop' } }, logs: [{ after: 4, every: 42, text: '{time} INFO  GET /buch/{id} 200 {ms}ms' }] },
    { pods: { namespace: 'buchshop', labels: { app: 'shop' } }, since: '-6h', logs: [{ after: 600, every: 4000, text: '{time} WARN  slow query took 1{ms}ms' }] },
  ],
  alert: rule(
    'BlackboxProbeFailed',
    '-14m',
    { namespace: 'monitoring', instance: 'https://www.buchshop.example/', job: 'blackbox', severity: 'critical' },
    'An outside probe fails.',
    'https://www.buchshop.example/ has not answered the probe for 3 minutes.',
    'probe_success == 0',
  ),
}
