import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const pods = { namespace: 'billing', labels: { app: 'billing-api' } }

export const scenario: Scenario = {
  title: 'an autoscaler cannot compute since a sidecar without a CPU request was added',
  now: '2026-10-01T09:27:40Z',
  steps: [
    { at: '-44d', apply: ['shared/monitoring.yaml', '10-billing.yaml'], manager: 'helm' },
    { at: '-43d23h50m', wait: 6000 },
    {
      at: '-2d1h',
      manager: 'helm',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'billing',
          name: 'billing-api',
          patch: {
            spec: {
              template: {
                spec: {
                  containers: [
                    { name: 'api', volumeMounts: [{ name: 'applogs', mountPath: '/var/log/app' }] },
                    {
                      name: 'log-shipper',
                      image: 'docker.io/timberio/vector:0.49.0-distroless-libc',
                      args: ['--config', '/etc/vector/vector.yaml'],
                      resources: { requests: { memory: '64Mi' }, limits: { memory: '128Mi' } },
                      volumeMounts: [
                        { name: 'applogs', mountPath: '/var/log/app' },
                        { name: 'shipper-config', mountPath: '/etc/vector' },
                      ],
                    },
                  ],
                  volumes: [
                    { name: 'applogs', emptyDir: {} },
                    { name: 'shipper-config', configMap: { name: 'log-shipper' } },
                  ],
                },
              },
            },
          },
        },
      ],
    },
    { at: '-2d55m', wait: 6000 },
  ],
  behaviours: [
    { pods, container: 'api', until: '-40m', usage: { cpu: '260m', memory: '310Mi' } },
    { pods, container: 'api', since: '-40m', usage: { cpu: '994m', memory: '402Mi' } },
    { pods, container: 'log-shipper', usage: { cpu: '9m', memory: '41Mi' } },
    { pods: { namespace: 'billing', labels: { app: 'invoices' } }, usage: { cpu: '45m', memory: '190Mi' } },
    { pods, container: 'api', until: '-40m', logs: [{ after: 4, every: 4, text: 'INFO:     10.244.1.9:0 - "POST /v1/usage HTTP/1.1" 202 Accepted' }] },
    {
      pods,
      container: 'api',
      since: '-40m',
      logs: [
        { after: 1, every: 3, text: 'INFO:     10.244.1.9:0 - "POST /v1/usage HTTP/1.1" 202 Accepted' },
        { after: 9, every: 11, text: '{log4j} WARNING billing.middleware slow request: POST /v1/usage took 7{ms}2 ms (queue 61{ms} ms)' },
      ],
    },
    { pods, container: 'log-shipper', logs: [{ after: 1, text: '{time}  INFO vector::app: Log level is enabled. level="info"\n{time}  INFO vector: Vector has started. debug="false" version="0.49.0" arch="x86_64" revision=""' }] },
  ],
  alert: ownRule('ApiLatencyP99High', {
    startsAt: '-28m',
    labels: { namespace: 'billing', deployment: 'billing-api', route: '/v1/usage', severity: 'critical' },
    summary: 'The p99 latency of an API is above its objective.',
    description: 'p99 of POST /v1/usage on billing-api is 7.4 s (objective 800 ms).',
    expr: 'histogram_quantile(0.99, sum by (le, namespace, deployment, route) (rate(http_request_duration_seconds_bucket[5m]))) > 0.8',
  }),
}
