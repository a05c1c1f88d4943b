import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a StatefulSet names a governing Service that does not exist (ledger-peers; it is ledger-headless), so its peers have no names',
  now: '2026-09-08T05:55:12Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-29m', apply: ['10-raft.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'settlement', labels: { app: 'ledger' } },
      probes: { readiness: { status: 503 } },
      logs: [
        { after: 1, text: '{time} INFO raft: starting node advertise=$(POD_NAME).ledger-peers.settlement.svc.cluster.local:7000' },
        {
          after: 4,
          every: 10,
          text: '{time} WARN raft: cannot reach peer peer=ledger-1.ledger-peers.settlement.svc.cluster.local:7000 err="lookup ledger-1.ledger-peers.settlement.svc.cluster.local on 10.96.0.10:53: no such host"',
        },
        { after: 9, every: 10, text: '{time} WARN raft: no quorum, not ready votes=1/3' },
      ],
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'settlement', statefulset: 'ledger', startsAt: '-13m' }),
}
