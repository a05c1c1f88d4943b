import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'

const sleep = (name: string, replicas: number): Patch => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'hotel-staging',
  name,
  patch: { metadata: { annotations: { 'downscaler/original-replicas': String(replicas) } }, spec: { replicas: 0 } },
})

export const scenario: Scenario = {
  title: 'staging was put to sleep for the night; the latency of production, one Service of which is alerted on, has no cause in the cluster',
  now: '2026-05-06T01:42:29Z',
  steps: [
    { at: '-81d', apply: ['../../../scenarios/shared/platform.yaml'] },
    { at: '-57d', manager: 'argocd-controller', apply: ['10-production.yaml', '20-staging.yaml'] },
    { at: '-4h40m', manager: 'py-kube-downscaler', patch: [sleep('rooms', 2), sleep('prices', 1)], wait: 3000 },
  ],
  behaviours: [
    { pods: { namespace: 'hotel-staging', labels: { app: 'rooms' } }, usage: { cpu: '41m', memory: '58Mi' } },
    { pods: { namespace: 'hotel', labels: { app: 'rooms' } }, logs: [{ after: 1, text: '{"level":"info","time":"{time}","msg":"rooms listening on :8080"}' }, { after: 10, every: 20, text: '{"level":"info","time":"{time}","msg":"GET /v1/rooms","status":200,"ms":{ms}}' }] },
    { pods: { namespace: 'hotel', labels: { app: 'prices' } }, logs: [{ after: 1, text: '{"level":"info","time":"{time}","msg":"prices listening on :8080"}' }] },
  ],
  alert: ownRule('ErrorBudgetBurn', {
    startsAt: '-9m',
    labels: { namespace: 'hotel', service: 'rooms', slo: 'latency', long: '1h', short: '5m', severity: 'critical' },
    summary: 'The error budget is burnt too fast.',
    description: 'hotel/rooms answers 3.1% of its requests in more than 400 ms.',
    expr: 'latency:burnrate5m{service="rooms"} > (14 * (1-0.99)) and latency:burnrate1h{service="rooms"} > (14 * (1-0.99))',
  }),
}
