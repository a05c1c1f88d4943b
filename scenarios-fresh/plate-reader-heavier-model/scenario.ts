import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const NEW = 'registry.curbside.example/vision/plate-reader:2026.44'
const reader = { namespace: 'parking', labels: { app: 'plate-reader' } }
const isNew = ({ spec }: KubeObject) => spec.containers[0].image === NEW

export const scenario: Scenario = {
  title: 'the model of a new release does not fit into the memory limit',
  now: '2026-11-04T08:31:20Z',
  nodes: [
    { name: 'curb-a', ip: '10.66.0.11', cpu: '8', memory: '32779220Ki' },
    { name: 'curb-b', ip: '10.66.0.12', cpu: '8', memory: '32779220Ki' },
    { name: 'curb-c', ip: '10.66.0.13', cpu: '8', memory: '32779220Ki' },
  ],
  steps: [
    { at: '-90d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-22d', apply: ['10-parking.yaml'], manager: 'argocd-controller' },
    { at: '-34m', manager: 'argocd-controller', patch: [setImage({ kind: 'Deployment', namespace: 'parking', name: 'plate-reader' }, 'reader', NEW)] },
  ],
  behaviours: [
    ...around,
    { pods: { ...reader, where: isNew }, exits: { code: 137, after: 8.6, oom: true } },
    {
      pods: { ...reader, where: isNew },
      logs: [
        { after: 1.1, text: '{time} INFO  plate_reader.main: plate-reader 2026.44 (onnxruntime 1.23.2, cpu)' },
        { after: 1.3, text: '{time} INFO  plate_reader.models: loading /opt/models/alpr.onnx (1.61 GiB, alpr-eu-large-v5)' },
      ],
    },
    {
      pods: { ...reader, where: (pod) => !isNew(pod) },
      logs: [
        { after: 1, text: '{time} INFO  plate_reader.main: plate-reader 2026.41 (onnxruntime 1.23.2, cpu)' },
        { after: 1.2, text: '{time} INFO  plate_reader.models: loading /opt/models/alpr.onnx (0.48 GiB, alpr-eu-base-v4)' },
        { after: 5, text: '{time} INFO  plate_reader.models: model ready in 3.61 s' },
        { after: 5.2, text: '{time} INFO  plate_reader.server: gRPC server listening on [::]:9000' },
        { after: 20, every: 19, text: '{time} INFO  plate_reader.server: Read frame={id} plates=1 conf=0.9{ms} {ms} ms' },
        { after: 400, every: 1900, text: '{time} WARN  plate_reader.server: Read frame={id} plates=0, image too dark' },
      ],
    },
    { pods: { namespace: 'parking', labels: { app: 'barrier-gateway' } }, logs: [{ after: 2, text: '{"level":"info","ts":"{time}","msg":"listening","addr":":8080"}' }, { after: 15, every: 20, text: '{"level":"info","ts":"{time}","msg":"barrier opened","site":"p-{port}","took_ms":{ms}}' }] },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'parking',
      pod: podsOf('parking', 'plate-reader').find((pod) => pod.spec.containers[0].image === NEW)?.metadata.name,
      container: 'reader',
      startsAt: '-17m30s',
    }),
}
