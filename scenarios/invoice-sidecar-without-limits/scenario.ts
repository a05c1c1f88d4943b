import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

export const scenario: Scenario = {
  title: 'the new revision has a sidecar without limits in a namespace whose quota counts them',
  now: '2026-05-19T15:09:33Z',
  nodes: ['8hkd', 'p0xz', 'wq4n'].map((end, i) => ({
    name: `gke-prod-e2-pool-77b1a0ce-${end}`,
    ip: `10.164.0.${31 + i}`,
    zone: `europe-west4-${'abc'[i]}`,
  })),
  steps: [
    { at: '-71d', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '10-billing.yaml'], manager: 'helm' },
    { at: '-52m', apply: ['20-proxy.yaml'], manager: 'helm' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'billing-eu', labels: { app: 'invoice-api' } },
      container: 'invoice-api',
      logs: [
        { after: 2, text: '[Nest] 1  - 03/09/2026, 3:09:38 PM     LOG [NestApplication] Nest application successfully started' },
        {
          after: 7,
          every: 20,
          text: '{"level":"info","timestamp":"{time}","context":"HTTP","message":"GET /v1/invoices/{id} 200 {ms}ms"}',
        },
      ],
    },
    {
      pods: { namespace: 'billing-eu', labels: { app: 'dunning-worker' } },
      logs: [{ after: 60, every: 900, text: '{"level":"info","timestamp":"{time}","message":"dunning run finished","reminders":{n}}' }],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'billing-eu', deployment: 'invoice-api', startsAt: '-26m' }),
}
