import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const pricing = { kind: 'Deployment', namespace: 'claims-uat', name: 'policy-pricing' } as const

export const scenario: Scenario = {
  title: 'a tracing sidecar is added without resources to a namespace whose quota counts memory',
  now: '2026-09-24T13:02:50Z',
  steps: [
    { at: '-33d6h', apply: ['10-pricing.yaml'] },
    {
      at: '-44m3s',
      manager: 'helm',
      patch: [setContainer(pricing, 'otel-agent', { image: 'docker.io/otel/opentelemetry-collector:0.136.0', args: ['--config=/etc/otel/agent.yaml'] })],
    },
  ],
  behaviours: [
    { pods: { namespace: 'claims-uat', name: 'policy-pricing' }, container: 'pricing', logs: [{ after: 12, text: '{time}  INFO 1 --- [main] e.i.pricing.PricingApplication : Started PricingApplication in 11.482 seconds' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'claims-uat', deployment: 'policy-pricing', startsAt: '-18m' }),
}
