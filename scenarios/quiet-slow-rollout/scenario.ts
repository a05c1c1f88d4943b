import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'registry.erp.example/ledger-ui:2026.9'

export const scenario: Scenario = {
  title: 'healthy: a roll-out took its time, with startup probes that failed for a minute and a half each; it is done, the alert of it still fires',
  now: '2026-09-09T09:39:00Z',
  steps: [
    { at: '-27d3h', apply: ['10-erp.yaml'] },
    { at: '-24m', manager: 'argocd-controller', patch: [setImage({ kind: 'Deployment', namespace: 'backoffice', name: 'ledger-ui' }, 'ui', NEW)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'backoffice', where: (pod) => pod.spec.containers[0].image === NEW },
      until: '-21m40s',
      probes: { startup: { refused: true } },
    },
    {
      pods: { namespace: 'backoffice' },
      logs: [
        { after: 1, text: '{time}  INFO 1 --- [main] c.e.l.LedgerUi : Starting LedgerUi using Java 21.0.8' },
        { after: 30, text: "{time}  WARN 1 --- [main] o.s.b.a.orm.jpa.JpaBaseConfiguration : spring.jpa.open-in-view is enabled by default" },
        { after: 88, text: '{time}  INFO 1 --- [main] o.s.b.w.e.tomcat.TomcatWebServer : Tomcat started on port 8080 (http) with context path' },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'backoffice', deployment: 'ledger-ui', startsAt: '-22m' }),
}
