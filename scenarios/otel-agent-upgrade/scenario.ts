import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const image = (pod: KubeObject) => pod.spec.containers[0].image as string
const why = `failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):

error decoding 'exporters': the logging exporter has been deprecated, use the debug exporter instead`

export const scenario: Scenario = {
  title: 'the collector was upgraded past the removal of an exporter that its configuration uses',
  now: '2026-09-08T08:07:30Z',
  steps: [
    { at: '-83d', apply: ['shared/monitoring.yaml', '10-observability.yaml'], manager: 'kustomize-controller' },
    {
      at: '-42m',
      manager: 'kustomize-controller',
      patch: [setImage({ kind: 'DaemonSet', namespace: 'observability', name: 'otel-agent' }, 'otel-agent', 'docker.io/otel/opentelemetry-collector-contrib:0.118.0')],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'observability', labels: { 'app.kubernetes.io/name': 'otel-agent' }, where: (pod) => image(pod).endsWith(':0.118.0') },
      exits: { code: 1, after: 1 },
      listens: [],
      logs: [{ after: 0.6, text: `Error: ${why}\n{date} collector server run finished with error: ${why}` }],
    },
    {
      pods: { namespace: 'observability', labels: { 'app.kubernetes.io/name': 'otel-agent' }, where: (pod) => image(pod).endsWith(':0.104.0') },
      logs: [
        { after: 1, text: '{time}\tinfo\tservice@v0.104.0/service.go:195\tStarting otelcol-contrib...\t{"Version": "0.104.0", "NumCPU": 4}' },
        { after: 1.4, text: '{time}\twarn\tcommon/factory.go:68\t\'loglevel\' option is deprecated in favor of \'verbosity\'. Set \'verbosity\' to equivalent value to preserve behavior.\t{"kind": "exporter", "data_type": "traces", "name": "logging", "loglevel": "warn", "equivalent verbosity level": "Basic"}' },
        { after: 2, text: '{time}\tinfo\tservice@v0.104.0/service.go:221\tEverything is ready. Begin running and processing data.' },
      ],
    },
    {
      pods: { namespace: 'crm' },
      logs: [{ after: 4, every: 11, text: '{"level":"info","ts":"{time}","msg":"GET /api/accounts","status":200,"ms":{ms},"trace_id":"{id}"}' }],
    },
  ],
  alert: kubePrometheus.daemonSetRolloutStuck({ namespace: 'observability', daemonset: 'otel-agent', startsAt: '-24m' }),
}
