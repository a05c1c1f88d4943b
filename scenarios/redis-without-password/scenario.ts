import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a roll-out drops the variable with the password of Redis, and raises the concurrency',
  now: '2026-06-18T04:04:00Z',
  steps: [
    { at: '-36d', apply: ['10-queueing.yaml'] },
    {
      at: '-43m',
      manager: 'helm',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'queueing', name: 'sidekiq' }, 'sidekiq', {
          env: [
            { name: 'REDIS_PASSWORD', $patch: 'delete' },
            { name: 'CONCURRENCY', value: '15' },
          ],
        }),
      ],
    },
  ],
  behaviours: [
    {
      pods: { labels: { app: 'sidekiq' }, where: (pod) => envOf(pod, 'CONCURRENCY') === '15' },
      exits: { code: 1, after: 5 },
      logs: [
        { after: 3, text: '{time} pid=1 tid=4i1 INFO: Booting Sidekiq 8.0.7 with Sidekiq::Config::Redis options {host: "jobs-redis", port: 6379}' },
        {
          after: 4,
          text: `NOAUTH Authentication required. (redis://jobs-redis:6379) (RedisClient::AuthenticationError)
/usr/local/bundle/gems/redis-client-0.25.3/lib/redis_client/connection_mixin.rb:71:in 'RedisClient::ConnectionMixin#call_pipelined'
/usr/local/bundle/gems/sidekiq-8.0.7/lib/sidekiq/cli.rb:63:in 'Sidekiq::CLI#run'`,
        },
      ],
    },
    { pods: { labels: { app: 'jobs-redis' } }, logs: [{ after: 0.5, text: '1:M {date} * Ready to accept connections tcp' }] },
  ],
  alert: crashLooping('queueing', 'sidekiq-', 'sidekiq', '-27m'),
}
