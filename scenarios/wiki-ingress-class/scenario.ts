import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the wiki’s Ingress asks for class traefik; the cluster has only nginx, so no controller serves it',
  now: '2026-05-30T12:12:12Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-21m', apply: ['10-wiki.yaml'] },
  ],
  alert: ownRule('ProbeFailed', {
    startsAt: '-12m',
    labels: { namespace: 'wiki', ingress: 'wiki', instance: 'https://wiki.corp.example' },
    summary: 'A blackbox probe fails.',
    description: 'https://wiki.corp.example answers 404.',
    expr: 'probe_success == 0',
  }),
}
