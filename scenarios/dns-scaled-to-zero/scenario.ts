import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'CoreDNS was scaled to zero to save money at night; a payroll run cannot resolve its database',
  now: '2026-10-11T23:12:48Z',
  steps: [
    { at: '-18d', apply: ['10-payroll.yaml'] },
    {
      at: '-42m',
      manager: 'kubectl',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name: 'coredns', patch: { spec: { replicas: 0 } } }],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'payroll', labels: { app: 'payrun' } },
      since: '-41m',
      exits: { code: 1, after: 12 },
      logs: [
        {
          after: 1,
          text: '{time}  INFO 1 --- [payrun] [main] c.a.payroll.PayrunApplication : Starting PayrunApplication v5.0.3 using Java 25',
        },
        {
          after: 11,
          text: 'Caused by: java.net.UnknownHostException: payroll-db: Temporary failure in name resolution\n\tat java.base/java.net.Inet6AddressImpl.lookupAllHostAddr(Native Method)\n\tat org.postgresql.core.v3.ConnectionFactoryImpl.openConnectionImpl(ConnectionFactoryImpl.java:268)',
        },
      ],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'payroll',
      pod: podsOf('payroll', 'payrun-')[0].metadata.name,
      container: 'payrun',
      startsAt: '-25m',
    }),
}
