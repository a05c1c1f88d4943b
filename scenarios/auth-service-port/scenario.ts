import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the Service of auth was moved from port 8080 to 80; gateway still calls 8080',
  now: '2026-08-20T19:05:55Z',
  steps: [
    { at: '-22d', apply: ['10-auth.yaml'] },
    { at: '-46m', apply: ['20-service.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'identity', labels: { app: 'gateway' } },
      since: '-46m',
      probes: { readiness: { status: 503 } },
      logs: [
        {
          after: 3,
          every: 14,
          text: '{"ts":"{time}","level":"error","caller":"proxy/oidc.go:88","msg":"introspection failed","error":"Post \\"http://auth:8080/oauth2/introspect\\": dial tcp 10.96.55.21:8080: i/o timeout"}',
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'identity', deployment: 'gateway', startsAt: '-29m' }),
}
