import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const scaled = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', namespace: 'claims-intake', name: 'ocr-consumer' }
const rabbit = { kind: 'StatefulSet', namespace: 'claims-intake', name: 'rabbitmq' } as const
const ready = { type: 'Ready', status: 'True', reason: 'ScaledObjectReady', message: 'ScaledObject is defined correctly and is ready for scaling' }
const fallback = { type: 'Fallback', status: 'False', reason: 'NoFallbackFound', message: 'No fallbacks are active on this scaled object' }
const common = { scaleTargetKind: 'apps/v1.Deployment', scaleTargetGVKR: { group: 'apps', kind: 'Deployment', resource: 'deployments', version: 'v1' }, originalReplicaCount: 3, hpaName: 'keda-hpa-ocr-consumer', triggersTypes: 'rabbitmq' }

export const scenario: Scenario = {
  title: 'a ScaledObject stays paused at zero after the maintenance of the broker',
  now: '2026-03-05T08:09:00Z',
  steps: [
    { at: '-84d', apply: ['shared/tools.yaml'] },
    { at: '-83d', manager: 'helm', apply: ['05-keda.yaml'] },
    { at: '-82d', manager: 'argocd-controller', apply: ['10-intake.yaml'] },
    {
      at: '-81d23h59m',
      manager: 'keda',
      patch: [
        {
          ...scaled,
          subresource: 'status',
          patch: {
            status: {
              ...common,
              conditions: [ready, { type: 'Active', status: 'True', reason: 'ScalerActive', message: 'Scaling is performed because triggers are active' }, fallback, { type: 'Paused', status: 'Unknown' }],
            },
          },
        },
      ],
    },
    { at: '-3d1h', manager: 'argocd-controller', apply: ['20-reports.yaml'] },
    { at: '-11h50m', manager: 'kubectl-annotate', patch: [{ ...scaled, patch: { metadata: { annotations: { 'autoscaling.keda.sh/paused-replicas': '0' } } } }] },
    {
      at: '-11h49m50s',
      manager: 'keda',
      patch: [
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'claims-intake', name: 'ocr-consumer', patch: { spec: { replicas: 0 } } },
        {
          ...scaled,
          subresource: 'status',
          patch: {
            status: {
              ...common,
              pausedReplicaCount: 0,
              conditions: [ready, { type: 'Active', status: 'False', reason: 'ScalerNotActive', message: 'Scaling is not performed because triggers are not active' }, fallback, { type: 'Paused', status: 'True', reason: 'ScaledObjectPaused', message: 'ScaledObject is paused' }],
            },
          },
        },
      ],
    },
    { at: '-11h40m', manager: 'kubectl-set', patch: [setImage(rabbit, 'rabbitmq', 'docker.io/library/rabbitmq:4.1.4-management')] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'reports' },
      exits: { code: 1, after: 0.9 },
      logs: [
        { after: 0.7, text: 'Traceback (most recent call last):\n  File "/app/digest/__main__.py", line 9, in <module>\n    SMTP_HOST = os.environ["SMTP_HOST"]\n                ~~~~~~~~~~^^^^^^^^^^^^^\n  File "<frozen os>", line 714, in __getitem__\nKeyError: \'SMTP_HOST\'' },
      ],
    },
    {
      pods: { namespace: 'keda' },
      logs: [
        { after: 1, text: '{utc}\tINFO\tsetup\tKEDA Version: 2.18.0\n{utc}\tINFO\tsetup\tStarting manager' },
        { after: 3, text: '{utc}\tINFO\tReconciling ScaledObject\t{"controller": "scaledobject", "controllerGroup": "keda.sh", "controllerKind": "ScaledObject", "ScaledObject": {"name":"ocr-consumer","namespace":"claims-intake"}, "namespace": "claims-intake", "name": "ocr-consumer", "reconcileID": "{id}"}' },
      ],
    },
    {
      pods: { namespace: 'keda' },
      since: '-11h50m',
      logs: [
        { after: 1, text: '{utc}\tINFO\tReconciling ScaledObject\t{"controller": "scaledobject", "controllerGroup": "keda.sh", "controllerKind": "ScaledObject", "ScaledObject": {"name":"ocr-consumer","namespace":"claims-intake"}, "namespace": "claims-intake", "name": "ocr-consumer", "reconcileID": "{id}"}\n{utc}\tINFO\tScaledObject is paused, stopping scaling loop\t{"controller": "scaledobject", "controllerGroup": "keda.sh", "controllerKind": "ScaledObject", "ScaledObject": {"name":"ocr-consumer","namespace":"claims-intake"}, "namespace": "claims-intake", "name": "ocr-consumer", "reconcileID": "{id}"}' },
      ],
    },
    {
      pods: { namespace: 'claims-intake', name: 'rabbitmq' },
      logs: [
        { after: 9, text: '{pg}+00:00 [info] <0.632.0> started TCP listener on [::]:5672\n{pg}+00:00 [info] <0.9.0> Server startup complete; 5 plugins started.' },
        { after: 30, every: 3600, text: "{pg}+00:00 [info] <0.1180.0> connection 10.244.0.7:{port} -> 10.244.2.5:5672: user 'guest' authenticated and granted access to vhost '/'" },
      ],
    },
    { pods: { namespace: 'claims-intake', name: 'upload-api' }, logs: [{ after: 9, every: 47, text: '{time}  INFO 1 --- [upload-api] [nio-8080-exec-{n}] c.i.intake.UploadController              : accepted document {id} pages={ms}' }] },
    { pods: { namespace: 'claims-intake', name: 'ocr-consumer' }, logs: [{ after: 9, every: 47, text: '{time}  INFO 1 --- [ocr-consumer] [ntContainer#0-1] c.i.intake.OcrListener                   : document {id} read in {ms}00 ms' }] },
  ],
  alert: kubePrometheus.own(
    'RabbitmqTooManyReadyMessages',
    { namespace: 'claims-intake', service: 'rabbitmq', pod: 'rabbitmq-0', endpoint: 'prometheus', job: 'rabbitmq', queue: 'documents.inbound', vhost: '/' },
    { summary: 'RabbitMQ too many ready messages (instance rabbitmq-0)', description: 'RabbitMQ too many ready messages on rabbitmq-0: documents.inbound has 21874' },
    '-52m',
    'sum by (queue, pod, namespace) (rabbitmq_detailed_queue_messages_ready) > 1000',
  ),
}
