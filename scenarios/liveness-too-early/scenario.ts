import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a Spring application needs 95 seconds to start; its liveness probe gives it 30',
  now: '2026-04-14T10:20:00Z',
  steps: [{ at: '-1h5m20s', apply: ['10-policy.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'policy-admin' },
      listens: [],
      logs: [
        { after: 1, text: '{time}  INFO 1 --- [           main] com.insure.Underwriting                  : Starting Underwriting v9.1.0 using Java 21.0.8 with PID 1' },
        { after: 14, text: '{time}  INFO 1 --- [           main] .s.d.r.c.RepositoryConfigurationDelegate : Bootstrapping Spring Data JPA repositories in DEFAULT mode.' },
        { after: 27, text: '{time}  INFO 1 --- [           main] o.hibernate.jpa.internal.util.LogHelper  : HHH000204: Processing PersistenceUnitInfo [name: default]' },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'policy-admin', deployment: 'underwriting', startsAt: '-49m' }),
}
