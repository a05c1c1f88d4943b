import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a listener of the Gateway takes its certificate from a Secret that does not exist',
  now: '2026-10-12T07:02:55Z',
  steps: [
    { at: '-60d', apply: ['shared/gateway-api.yaml'] },
    { at: '-59d', apply: ['10-edu.yaml'] },
    { at: '-42m', apply: ['20-gateway.yaml'] },
  ],
  alert: ownRule('HttpsDown', {
    startsAt: '-30m',
    labels: { namespace: 'campus', gateway: 'main' },
    summary: 'HTTPS does not answer.',
    description: 'lms.campus.example refuses connections on 443.',
    expr: 'probe_success{port="443"} == 0',
  }),
}
