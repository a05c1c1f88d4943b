import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a roll-out names a ServiceAccount that nobody made',
  now: '2026-02-03T11:50:19Z',
  steps: [
    { at: '-25d', apply: ['10-ledger.yaml'] },
    {
      at: '-51m',
      manager: 'spinnaker',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'ledger-core',
          name: 'posting',
          patch: { spec: { template: { spec: { serviceAccountName: 'posting-svc', serviceAccount: 'posting-svc', containers: [{ name: 'posting', image: 'registry.bank.example/ledger/posting:9.3.0' }] } } } },
        },
      ],
    },
  ],
  behaviours: [
    { pods: { namespace: 'ledger-core', name: 'posting' }, logs: [{ after: 9, text: '{time}  INFO 1 --- [posting] [main] c.b.ledger.PostingApplication : Started PostingApplication in 8.611 seconds (process running for 9.2)' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'ledger-core', deployment: 'posting', startsAt: '-35m' }),
}
