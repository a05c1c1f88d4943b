import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the ExternalName Service for the tax office’s API was given a host name that does not exist; invoicing fails',
  now: '2026-08-28T10:09:59Z',
  steps: [
    { at: '-40d', apply: ['10-billing.yaml'] },
    {
      at: '-1h8m',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          namespace: 'billing',
          name: 'tax-api',
          patch: { spec: { externalName: 'api.tax-gateway.exmaple' } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'billing', labels: { app: 'invoicer' } },
      since: '-1h7m',
      probes: { readiness: { status: 500 } },
      logs: [
        {
          after: 2,
          every: 20,
          text: '{"level":"error","time":"{time}","service":"invoicer","msg":"tax lookup failed","err":{"code":"ENOTFOUND","syscall":"getaddrinfo","hostname":"tax-api","message":"getaddrinfo ENOTFOUND tax-api"}}',
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'billing', deployment: 'invoicer', startsAt: '-50m' }),
}
