import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an outside provider has revoked the key that a Secret holds',
  now: '2026-05-14T14:14:14Z',
  steps: [{ at: '-71d', apply: ['10-notify.yaml'] }],
  behaviours: [
    { pods: { namespace: 'notify' }, until: '-49m', logs: [{ after: 2, every: 30, text: '{"level":30,"time":"{time}","msg":"sms accepted","id":"{id}"}' }] },
    {
      pods: { namespace: 'notify' },
      since: '-49m',
      probes: { readiness: { status: 503 } },
      logs: [{ after: 2, every: 15, text: '{"level":50,"time":"{time}","msg":"provider check failed","status":401,"body":"{\\"error\\":\\"invalid_api_key\\",\\"message\\":\\"Invalid API key: key has been revoked\\"}"}' }],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'notify', deployment: 'sms-sender', startsAt: '-33m' }),
}
