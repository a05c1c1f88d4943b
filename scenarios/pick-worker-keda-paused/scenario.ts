import { ownRule } from '../../control-plane/controller-alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Json } from '../../control-plane/api.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const scaled = (patch: Json, status = false): Patch => ({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', namespace: 'fulfilment', name: 'pick-worker', patch, ...(status ? { subresource: 'status' as const } : {}) })
const replicas = (n: number): Patch => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'fulfilment', name: 'pick-worker', patch: { spec: { replicas: n } } })
const READY = { type: 'Ready', status: 'True', reason: 'ScaledObjectReady', message: 'ScaledObject is defined correctly and is ready for scaling' }
const KEDA = { namespace: 'keda', labels: { app: 'keda-operator' } }
const app = (name: string) => ({ namespace: 'fulfilment', labels: { app: name } })

export const scenario: Scenario = {
  title: 'KEDA is still paused at no replicas since the night',
  now: '2026-02-19T08:06:45Z',
  nodes: [
    { name: 'aks-wms-19237-vmss00000a', ip: '10.240.0.31' },
    { name: 'aks-wms-19237-vmss00000b', ip: '10.240.0.32' },
    { name: 'aks-wms-19237-vmss00000c', ip: '10.240.0.33' },
  ],
  steps: [
    { at: '-93d', apply: ['05-keda.yaml', 'shared/kps.yaml'], manager: 'helm' },
    { at: '-68d', apply: ['10-fulfilment.yaml'], manager: 'helm' },
    {
      at: '-67d23h59m',
      manager: 'keda',
      patch: [
        scaled(
          {
            status: {
              scaleTargetKind: 'apps/v1.Deployment',
              scaleTargetGVKR: { group: 'apps', kind: 'Deployment', resource: 'deployments', version: 'v1' },
              originalReplicaCount: 3,
              externalMetricNames: ['s0-rabbitmq-pick-orders'],
              hpaName: 'keda-hpa-pick-worker',
              conditions: [READY, { type: 'Active', status: 'True', reason: 'ScalerActive', message: 'Scaling is performed because triggers are active' }, { type: 'Fallback', status: 'False', reason: 'NoFallbackFound', message: 'No fallbacks are active on this scaled object' }, { type: 'Paused', status: 'Unknown' }],
            },
          },
          true,
        ),
      ],
    },
    // The night's maintenance of RabbitMQ.
    { at: '-6h9m', manager: 'kubectl-annotate', patch: [scaled({ metadata: { annotations: { 'autoscaling.keda.sh/paused-replicas': '0' } } })] },
    {
      at: '-6h8m57s',
      manager: 'keda',
      patch: [
        replicas(0),
        scaled(
          {
            status: {
              pausedReplicaCount: 0,
              hpaName: '',
              conditions: [READY, { type: 'Active', status: 'False', reason: 'ScalerNotActive', message: 'Scaling is not performed because triggers are not active' }, { type: 'Fallback', status: 'False', reason: 'NoFallbackFound', message: 'No fallbacks are active on this scaled object' }, { type: 'Paused', status: 'True', reason: 'ScaledObjectPaused', message: 'ScaledObject is paused' }],
            },
          },
          true,
        ),
      ],
    },
    { at: '-5h58m', manager: 'helm', patch: [setImage({ kind: 'StatefulSet', namespace: 'fulfilment', name: 'rabbitmq' }, 'rabbitmq', 'docker.io/library/rabbitmq:4.1.5-management')] },
  ],
  behaviours: [
    ...around,
    {
      pods: KEDA,
      logs: [
        { after: 2, text: '{utc}\tINFO\tsetup\tStarting manager' },
        { after: 2.1, text: '{utc}\tINFO\tsetup\tKEDA Version: 2.18.1' },
      ],
    },
    {
      pods: KEDA,
      since: '-6h8m58s',
      logs: [
        { after: 0, text: '{utc}\tINFO\tReconciling ScaledObject\t{"controller": "scaledobject", "controllerGroup": "keda.sh", "controllerKind": "ScaledObject", "ScaledObject": {"name":"pick-worker","namespace":"fulfilment"}, "namespace": "fulfilment", "name": "pick-worker", "reconcileID": "{id}"}' },
        { after: 0.6, text: '{utc}\tINFO\tscaleexecutor\tSuccessfully scaled target to paused replicas count\t{"scaledobject.Name": "pick-worker", "scaledObject.Namespace": "fulfilment", "scaleTarget.Name": "pick-worker", "paused replicas": 0}' },
      ],
    },
    {
      pods: app('rabbitmq'),
      logs: [
        { after: 8, text: '{log4j} [info] <0.220.0>  Starting RabbitMQ 4.1.5 on Erlang 27.3.4.3 [jit]' },
        { after: 12, text: '{log4j} [info] <0.611.0> started TCP listener on [::]:5672' },
        { after: 13, text: '{log4j} [info] <0.9.0> Time to start RabbitMQ: 9341 ms' },
        { after: 25, text: "{log4j} [info] <0.902.0> connection {ip:fulfilment/order-intake}:{port} -> {podip}:5672: user 'fulfil' authenticated and granted access to vhost '/'" },
        { after: 27, text: "{log4j} [info] <0.917.0> connection {ip:fulfilment/invoice-worker}:{port} -> {podip}:5672: user 'fulfil' authenticated and granted access to vhost '/'" },
      ],
    },
    { pods: app('order-intake'), logs: [{ after: 15, every: 18, text: '{time} INFO  intake order {id} accepted, published to orders/pick-orders ({ms} ms)' }] },
    { pods: app('order-intake'), since: '-5h57m55s', until: '-5h57m20s', logs: [{ after: 0, every: 9, text: '{time} WARN  amqp: connection lost, reconnecting in 5 s' }] },
    { pods: app('invoice-worker'), logs: [{ after: 20, every: 41, text: '{time} INFO  invoice for order {id} written' }] },
    { pods: app('pick-worker'), logs: [{ after: 20, every: 15, text: '{time} INFO  pick list for order {id} sent to WMS' }] },
  ],
  alert: ownRule('RabbitMQQueueBacklog', {
    startsAt: '-27m',
    labels: { namespace: 'fulfilment', service: 'rabbitmq', pod: 'rabbitmq-0', queue: 'pick-orders', vhost: '/', severity: 'critical', team: 'wms' },
    summary: 'A queue is not worked off.',
    description: 'Queue pick-orders of fulfilment/rabbitmq holds 6231 ready messages; the oldest is 6 hours old.',
    expr: 'rabbitmq_detailed_queue_messages_ready{queue!~".*dlq"} > 5000',
  }),
}
