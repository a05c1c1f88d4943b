import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setContainer } from '../../control-plane/patches.ts'
import { checkoutAtWork, shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const payments = { kind: 'Deployment', namespace: 'shop', name: 'payments' } as const
const wrongPath = (pod: KubeObject) => pod.spec.containers[0].livenessProbe?.httpGet.path === '/live'

export const scenario: Scenario = {
  title: 'the liveness probe of payments asks /live, which the program does not know (it is /livez); the kubelet restarts it again and again',
  now: '2026-10-01T15:12:26Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-27d3h22m41s', apply: ['shared/shop.yaml'] },
    { at: '-56m8s', manager: 'kubectl-edit', patch: [setContainer(payments, 'payments', { livenessProbe: { httpGet: { path: '/live' } } })] },
  ],
  behaviours: [
    {
      pods: { namespace: 'shop', labels: { app: 'payments' }, where: wrongPath },
      probes: { liveness: { status: 404 } },
      stop: { code: 0, after: 1 },
      logs: [
        ...[20, 30, 40].map((after) => ({ after, text: '{time} WARN  http: 404 method=GET path=/live user_agent=kube-probe/1.36' })),
        { after: 40.2, text: '{time} INFO  received SIGTERM, draining' },
      ],
    },
    checkoutAtWork,
    ...shopAtWork,
  ],
  alert: (podsOf) => {
    const [pod] = podsOf('shop', 'payments-')
    return kubePrometheus.podCrashLooping({ namespace: 'shop', pod: pod.metadata.name, container: 'payments', startsAt: '-28m30s' })
  },
}
