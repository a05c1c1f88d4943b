import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setContainer } from '../../control-plane/patches.ts'
import { shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const aggregator = { kind: 'Deployment', namespace: 'analytics', name: 'aggregator' } as const
const small = (pod: KubeObject) => pod.spec.containers[0].resources.limits.memory === '256Mi'
const pods = { namespace: 'analytics', labels: { app: 'aggregator' } }

export const scenario: Scenario = {
  title: 'a change that saves memory gives aggregator a limit of 256Mi, a quarter of what it had; the kernel kills it again and again',
  now: '2026-10-06T13:29:55Z',
  steps: [
    { at: '-52d8h2m40s', apply: ['shared/platform.yaml'] },
    { at: '-33d4h11m20s', apply: ['10-analytics.yaml'] },
    {
      at: '-2h14m9s',
      manager: 'kubectl-edit',
      patch: [setContainer(aggregator, 'aggregator', { resources: { requests: { memory: '192Mi' }, limits: { memory: '256Mi' } } })],
    },
  ],
  behaviours: [
    {
      pods: { ...pods, where: small },
      exits: { code: 137, after: 48, oom: true },
      logs: [
        { after: 1, text: '{time} INFO aggregator 0.31.4 listening on :8080' },
        { after: 3, text: '{time} INFO loading window minutes=15' },
        { after: 12, every: 12, text: '{time} INFO window progress={n}/6 heap={n}9MiB' },
      ],
    },
    { pods, logs: [{ after: 60, every: 60, text: '{time} INFO window flushed rows=48213 took={ms}ms' }] },
    ...shopAtWork,
  ],
  alert: (podsOf) => {
    const [pod] = podsOf('analytics', 'aggregator-')
    return kubePrometheus.podCrashLooping({ namespace: 'analytics', pod: pod.metadata.name, container: 'aggregator', startsAt: '-1h41m30s' })
  },
}
