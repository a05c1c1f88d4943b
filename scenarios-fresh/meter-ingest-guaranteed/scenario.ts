import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const app = (name: string) => ({ namespace: 'smart-meter', labels: { app: name } })

export const scenario: Scenario = {
  title: 'requests raised to the limits leave no room for the last replica',
  now: '2026-04-29T11:12:30Z',
  nodes: [
    { name: 'grid-prod-1', ip: '10.9.4.21' },
    { name: 'grid-prod-2', ip: '10.9.4.22' },
    { name: 'grid-prod-3', ip: '10.9.4.23' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-57d', apply: ['10-meter.yaml'], manager: 'terraform' },
    // "Guaranteed QoS for everything that takes readings."
    { at: '-49m', manager: 'terraform', patch: [setContainer({ kind: 'Deployment', namespace: 'smart-meter', name: 'meter-ingest' }, 'ingest', { resources: { requests: { cpu: '2' } } })] },
  ],
  behaviours: [
    ...around,
    { pods: app('meter-ingest'), logs: [{ after: 1, text: '{time}  INFO ingest: DTLS/CoAP listening on 0.0.0.0:5684' }, { after: 10, every: 15, text: '{time}  INFO ingest: 1{ms}0 readings stored in {ms} ms' }, { after: 200, every: 1400, text: '{time}  WARN ingest: meter 49{port} sent a reading in the future, clamped' }] },
    { pods: app('readings-db'), logs: [{ after: 3, text: '{time} A server-main enjoy' }, { after: 100, every: 300, text: '{time} I i.q.c.p.WriterPool open [table=`readings`, thread=34]' }] },
    { pods: app('tariff-calculator'), logs: [{ after: 10, every: 55, text: '{time} INFO calculator: 96 intervals priced for {ms} households' }] },
  ],
  alert: (podsOf) =>
    kubePrometheus.podNotReady({ namespace: 'smart-meter', pod: podsOf('smart-meter', 'meter-ingest').find((pod) => !pod.spec.nodeName)?.metadata.name, startsAt: '-32m' }),
}
