import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the cloud controller’s token was revoked; a new LoadBalancer Service gets no address',
  now: '2026-09-29T07:30:09Z',
  steps: [
    { at: '-45d', apply: ['10-ccm.yaml'] },
    { at: '-1h', apply: ['20-app.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'kube-system', labels: { app: 'cloud-controller-manager' } },
      since: '-2h',
      logs: [
        {
          after: 5,
          every: 60,
          text: 'E0929 06:31:44.180112       1 controller.go:302] error processing service vpn/gateway (retrying with exponential backoff): failed to ensure load balancer: POST https://api.cloud.example/v2/load_balancers: 401 (request "b3c1") Unable to authenticate you',
        },
      ],
    },
  ],
  alert: ownRule('LoadBalancerPending', {
    startsAt: '-45m',
    labels: { namespace: 'vpn', service: 'gateway' },
    summary: 'A LoadBalancer Service has no address.',
    description: 'Service vpn/gateway waits for an address for 15 minutes.',
    expr: 'kube_service_spec_type{type="LoadBalancer"} unless on (namespace, service) kube_service_status_load_balancer_ingress',
  }),
}
