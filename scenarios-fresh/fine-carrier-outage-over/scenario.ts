import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const app = (name: string) => ({ namespace: 'parcel-labels', labels: { app: name } })
const FROM = '-52m'
const TO = '-8m10s'

export const scenario: Scenario = {
  title: "a carrier's API was down and answers again",
  now: '2026-11-12T11:20:00Z',
  nodes: [
    { name: 'vw-node-1', ip: '10.91.0.11' },
    { name: 'vw-node-2', ip: '10.91.0.12' },
    { name: 'vw-node-3', ip: '10.91.0.13' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-19d', apply: ['10-labels.yaml'], manager: 'argocd-controller' },
  ],
  behaviours: [
    ...around,
    { pods: app('label-service'), until: FROM, logs: [{ after: 20, every: 24, text: '{time} INFO  LabelService: label {id} printed, carrier answered in {ms} ms' }] },
    {
      pods: app('label-service'),
      since: FROM,
      until: TO,
      logs: [
        { after: 1, every: 30, text: '{time} ERROR LabelService: POST https://api.paketdienst.example/v3/labels: 503 Service Unavailable, Retry-After: 120' },
        { after: 40, every: 120, text: "{time} WARN  CircuitBreaker: 'carrier' changed state from CLOSED to OPEN" },
        { after: 100, every: 120, text: "{time} INFO  CircuitBreaker: 'carrier' changed state from OPEN to HALF_OPEN" },
      ],
    },
    {
      pods: app('label-service'),
      since: TO,
      logs: [
        { after: 0, text: "{time} INFO  CircuitBreaker: 'carrier' changed state from HALF_OPEN to CLOSED" },
        { after: 1, every: 9, text: '{time} INFO  LabelService: label {id} printed, carrier answered in {ms} ms' },
      ],
    },
    { pods: app('label-retry'), since: FROM, until: TO, logs: [{ after: 60, every: 60, text: '{time} INFO  retry: carrier not available, 3{ms} labels wait' }] },
    { pods: app('label-retry'), since: TO, logs: [{ after: 5, text: '{time} INFO  retry: carrier available again, 384 labels wait' }, { after: 140, text: '{time} INFO  retry: 384 labels printed, 0 wait' }] },
    { pods: app('packing-station'), logs: [{ after: 12, every: 26, text: '{time} INFO  station: parcel {id} packed' }] },
    { pods: app('packing-station'), since: FROM, until: TO, logs: [{ after: 8, every: 36, text: '{time} WARN  station: no label for parcel {id} yet (503 from http://label-service/labels), put aside' }] },
  ],
  alert: ownRule('ShippingLabelErrors', {
    startsAt: '-46m',
    labels: { namespace: 'parcel-labels', service: 'label-service', carrier: 'paketdienst', severity: 'critical', team: 'logistics' },
    summary: 'Shipping labels cannot be printed.',
    description: 'More than 20% of the labels of the last 30 minutes failed.',
    expr: 'sum by (namespace, service, carrier) (increase(labels_total{result="error"}[30m])) / sum by (namespace, service, carrier) (increase(labels_total[30m])) > 0.2',
  }),
}
