import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Json } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

/** What istiod's injector adds, in short: a native sidecar. */
const sidecar = (request: Json): Json[] => {
  const proxy = {
    name: 'istio-proxy',
    image: 'docker.io/istio/proxyv2:1.27.1',
    restartPolicy: 'Always',
    args: ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local', '--proxyLogLevel=warning'],
    env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
    ports: [{ containerPort: 15090, name: 'http-envoy-prom', protocol: 'TCP' }],
    resources: { requests: { cpu: '50m', memory: '96Mi' }, limits: { memory: '512Mi' } },
  }
  const pod = request.object
  return [
    { op: 'add', path: '/spec/initContainers', value: [proxy, ...(pod.spec.initContainers ?? [])] },
    {
      op: 'add',
      path: '/metadata/annotations',
      value: {
        ...pod.metadata.annotations,
        'sidecar.istio.io/status':
          '{"initContainers":["istio-proxy"],"containers":null,"volumes":null,"imagePullSecrets":null,"revision":"default"}',
      },
    },
  ]
}

const NODES = ['ip-10-2-11-43', 'ip-10-2-27-110', 'ip-10-2-36-8']

export const scenario: Scenario = {
  title: 'istiod was preempted and fits nowhere; nothing can be injected',
  now: '2026-07-31T06:26:09Z',
  nodes: NODES.map((name, i) => ({
    name: `${name}.eu-central-1.compute.internal`,
    ip: name.slice(3).replaceAll('-', '.'),
    cpu: '4',
    memory: '7937468Ki',
    zone: `eu-central-1${'abc'[i]}`,
    labels: { 'eks.amazonaws.com/nodegroup': 'general-m6i' },
  })),
  steps: [
    { at: '-90d', apply: ['10-mesh.yaml'], manager: 'helm' },
    { at: '-89d23h', apply: ['11-webhook.yaml'], manager: 'helm' },
    { at: '-89d22h', apply: ['12-apps.yaml', 'shared/watchers.yaml'], manager: 'helm' },
    {
      at: '-53m',
      manager: 'kubectl',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'fares', name: 'fare-engine', patch: { spec: { replicas: 6 } } }],
    },
    { at: '-41m', apply: ['20-itinerary.yaml'], manager: 'argocd-controller' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'istio-system', labels: { app: 'istiod' } },
      admits: sidecar,
      logs: [
        {
          after: 2,
          text: '{time}\tinfo\tinitializing Istiod admin server\n{time}\tinfo\tstarting secure gRPC discovery service at [::]:15012\n{time}\tinfo\tstarting webhook service at [::]:15017',
        },
      ],
    },
    {
      pods: { namespace: 'trips' },
      container: 'istio-proxy',
      since: '-52m',
      logs: [
        {
          after: 20,
          every: 240,
          text: '{time}\twarning\tenvoy config external/envoy/source/extensions/config_subscription/grpc/grpc_stream.h:193\tDeltaAggregatedResources gRPC config stream to xds-grpc closed since {n}40s ago: 14, connection error: desc = "transport: Error while dialing: dial tcp 10.96.55.120:15012: connect: connection refused"\tthread=18',
        },
      ],
    },
    {
      pods: { namespace: 'trips', labels: { app: 'itinerary' } },
      container: 'app',
      logs: [{ after: 8, every: 25, text: '{"level":"info","ts":"{time}","msg":"GET /v2/itineraries/{id}","status":200,"ms":{ms}}' }],
    },
    {
      pods: { namespace: 'fares' },
      logs: [{ after: 5, every: 20, text: '{time} INFO engine::pricing: priced 1{ms} combinations in {ms}ms' }],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'trips', deployment: 'itinerary', startsAt: '-15m' }),
}
