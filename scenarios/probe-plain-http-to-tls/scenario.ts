import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the server speaks TLS on its only port; the readiness probe asks it by plain HTTP',
  now: '2026-06-25T14:00:00Z',
  steps: [
    { at: '-44d1h', apply: ['shared/platform.yaml'] },
    { at: '-31m', apply: ['10-identity.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'identity' },
      probes: { readiness: { status: 400 } },
      logs: [
        { after: 0.3, text: '{date} serving TLS on [::]:8443 (cert /tls/tls.crt)' },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'identity', deployment: 'token-issuer', startsAt: '-15m' }),
}
