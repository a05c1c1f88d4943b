import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const CONF = `server {
  listen 8080;
  resolver_timeout 5s;
  location /hotels/ {
    proxy_pass http://hotels:8080/;
  }
  location /reviews/ {
    # the new name
    proxy_pass http://reviews-svc:8080/;
  }
}
`

export const scenario: Scenario = {
  title: 'an edit of nginx’s configuration names an upstream that is no Service (reviews-svc; it is reviews); nginx does not start',
  now: '2026-06-02T09:58:20Z',
  steps: [
    { at: '-28d', apply: ['10-edge.yaml'] },
    {
      at: '-26m',
      manager: 'kubectl-edit',
      patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'travel', name: 'gateway', patch: { data: { 'default.conf': CONF } } }],
    },
    {
      at: '-25m50s',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'travel',
          name: 'gateway',
          patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-06-02T09:32:30Z' } } } } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: {
        namespace: 'travel',
        labels: { app: 'gateway' },
        where: (pod: KubeObject) => pod.metadata['annotations']?.['kubectl.kubernetes.io/restartedAt'] !== undefined,
      },
      exits: { code: 1, after: 0.4 },
      listens: [],
      logs: [
        {
          after: 0.2,
          text: '/docker-entrypoint.sh: Configuration complete; ready for start up\n{date} [emerg] 1#1: host not found in upstream "reviews-svc" in /etc/nginx/conf.d/default.conf:9\nnginx: [emerg] host not found in upstream "reviews-svc" in /etc/nginx/conf.d/default.conf:9',
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'travel', deployment: 'gateway', startsAt: '-11m' }),
}
