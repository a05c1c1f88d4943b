import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { ailing, dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const seats = { kind: 'Deployment', namespace: 'ticketing', name: 'seat-api' } as const

export const scenario: Scenario = {
  title: 'a load test was scaled up overnight and never down; a roll-out in another namespace finds no cpu',
  now: '2026-10-06T08:31:00Z',
  steps: [
    { at: '-80d', apply: ['shared/tools.yaml'] },
    { at: '-44d', manager: 'flux', apply: ['10-apps.yaml'] },
    { at: '-5d2h', manager: 'flux', patch: [setImage(seats, 'seat-api', 'eu.gcr.io/stage-door/seat-api:1.89.0')] },
    { at: '-14h35m', manager: 'kubectl', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'perf', name: 'k6-runner', patch: { spec: { replicas: 30 } } }] },
    { at: '-28m', manager: 'flux', patch: [setImage(seats, 'seat-api', 'eu.gcr.io/stage-door/seat-api:1.89.1')] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    { pods: { namespace: 'ticketing', name: 'seat-api' }, logs: [{ after: 1, text: '{"level":"info","ts":"{time}","msg":"serving","addr":":8000","version":"1.89.0"}' }, { after: 9, every: 21, text: '{"level":"info","ts":"{time}","msg":"request","method":"GET","path":"/v1/halls/12/seats","status":200,"ms":{ms}}' }] },
    { pods: { namespace: 'ticketing', name: 'pricing' }, logs: [{ after: 9, every: 43, text: '{"level":"info","ts":"{time}","msg":"quote","status":200,"ms":{ms}}' }] },
  ],
  alert: (podsOf) => kubePrometheus.podNotReady({ namespace: 'ticketing', pod: ailing(podsOf, 'ticketing', 'seat-api'), startsAt: '-12m' }),
}
