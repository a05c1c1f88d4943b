import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'nginx is made to run as another user and drops its capabilities: it may no longer make its folders',
  now: '2026-03-12T12:21:00Z',
  steps: [
    { at: '-26d', apply: ['10-landing.yaml'] },
    {
      at: '-35m',
      manager: 'kubectl-edit',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'campaign', name: 'landing' }, 'nginx', { securityContext: { runAsUser: 10101, capabilities: { drop: ['ALL'] } } }),
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'campaign', where: (pod) => pod.spec.containers[0].securityContext?.runAsUser === 10101 },
      exits: { code: 1, after: 0.6 },
      listens: [],
      logs: [
        { after: 0, text: '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration' },
        { after: 0.1, text: '10-listen-on-ipv6-by-default.sh: info: can not modify /etc/nginx/conf.d/default.conf (read-only file system?)' },
        { after: 0.4, text: '{date} [warn] 1#1: the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:2\nnginx: [warn] the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:2' },
        { after: 0.5, text: '{date} [emerg] 1#1: mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)\nnginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)' },
      ],
    },
  ],
  alert: crashLooping('campaign', 'landing-', 'nginx', '-18m'),
}
