import { kubePrometheus } from '../../control-plane/alerts.ts'
import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import { setEnv, setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const workload = (name: string) => ({ kind: 'Deployment', namespace: 'streaming', name }) as const
const WRONG = 'registry.tv.example/recommendation:13'

export const scenario: Scenario = {
  title: 'two faults in one namespace: a mistyped image, and a cache address that is no Service, which is the one alerted on',
  now: '2026-05-29T20:02:00Z',
  steps: [
    { at: '-48d3h', apply: ['10-streaming.yaml'] },
    { at: '-50m', manager: 'kubectl-set', patch: [setImage(workload('recommendations'), 'api', WRONG)] },
    { at: '-42m', manager: 'kubectl-set', patch: [setEnv(workload('playlists'), 'api', 'CACHE_ADDR', 'memcache:11211')] },
  ],
  behaviours: [
    { pods: { labels: { app: 'recommendations' }, where: (pod) => pod.spec.containers[0].image === WRONG }, pull: registry.notFound(WRONG) },
    {
      pods: { labels: { app: 'playlists' }, where: (pod) => envOf(pod, 'CACHE_ADDR') === 'memcache:11211' },
      probes: { readiness: { status: 503 } },
      logs: [{ after: 1, every: 10, text: '{time} [warning] cache: php_network_getaddresses: getaddrinfo for memcache failed: Name does not resolve' }],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'streaming', deployment: 'playlists', startsAt: '-16m' }),
}
