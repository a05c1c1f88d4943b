import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setContainer } from '../../control-plane/patches.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const redis = { kind: 'Deployment', namespace: 'shop', name: 'cart-redis' } as const
const misspelled = (pod: KubeObject) => pod.spec.containers[0].args.includes('--maxmemory-polcy')

export const scenario: Scenario = {
  title: 'an edit of the arguments of cart-redis misspells --maxmemory-policy; redis refuses its configuration and ends',
  now: '2026-08-12T21:07:33Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-29d3h22m41s', apply: ['shared/shop.yaml'] },
    {
      at: '-1h12m4s',
      manager: 'kubectl-edit',
      patch: [setContainer(redis, 'redis', { args: ['redis-server', '--maxmemory', '220mb', '--maxmemory-polcy', 'allkeys-lru'] })],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'shop', labels: { app: 'cart-redis' }, where: misspelled },
      exits: { code: 1, after: 0.2 },
      listens: [],
      logs: [
        {
          after: 0.1,
          text: `*** FATAL CONFIG FILE ERROR (Redis 8.2.1) ***
Reading the configuration file, at line 3
>>> 'maxmemory-polcy "allkeys-lru"'
Bad directive or wrong number of arguments`,
        },
      ],
    },
    {
      pods: { namespace: 'shop', labels: { app: 'checkout' } },
      since: '-1h12m',
      logs: [{ after: 2, every: 14, text: '{"level":"warn","time":"{time}","msg":"cart cache unavailable, reading from catalog","err":"connect ECONNREFUSED 10.96.12.9:6379"}' }],
    },
    checkoutAtWork,
    ...shopAtWork.filter(({ pods }) => pods.labels?.app !== 'cart-redis'),
  ],
  alert: (podsOf) => {
    const [pod] = podsOf('shop', 'cart-redis-')
    return kubePrometheus.podCrashLooping({ namespace: 'shop', pod: pod.metadata.name, container: 'redis', startsAt: '-51m20s' })
  },
}
