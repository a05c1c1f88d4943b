import { kubePrometheus } from '../../control-plane/alerts.ts'
import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setEnv } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork } from '../shared/own.ts'

const isFixed = (pod: KubeObject) => (envOf(pod, 'JAVA_TOOL_OPTIONS') ?? '').includes('Xmx1g')
const banner = '{time}  INFO 1 --- [price-engine] [           main] '

export const scenario: Scenario = {
  title: 'a heap of 1 GiB in a container of 1 GiB',
  now: '2026-07-09T15:33:20Z',
  steps: [
    { at: '-91d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-64d', manager: 'helm', apply: ['10-pricing.yaml'] },
    {
      at: '-1h18m',
      manager: 'kubectl-set',
      patch: [setEnv({ kind: 'Deployment', namespace: 'pricing', name: 'price-engine' }, 'price-engine', 'JAVA_TOOL_OPTIONS', '-Xms1g -Xmx1g -XX:+ExitOnOutOfMemoryError')],
    },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'pricing', name: 'price-engine', where: isFixed }, exits: { code: 137, after: 241, oom: true } },
    {
      pods: { namespace: 'pricing', name: 'price-engine', where: (pod) => !isFixed(pod) },
      logs: [{ after: 0.3, text: 'Picked up JAVA_TOOL_OPTIONS: -XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError' }],
    },
    { pods: { namespace: 'pricing', name: 'price-engine', where: isFixed }, logs: [{ after: 0.3, text: 'Picked up JAVA_TOOL_OPTIONS: -Xms1g -Xmx1g -XX:+ExitOnOutOfMemoryError' }] },
    {
      pods: { namespace: 'pricing', name: 'price-engine' },
      logs: [
        { after: 2.1, text: `${banner}d.h.pricing.PriceEngineApplication        : Starting PriceEngineApplication v8.3.1 using Java 21.0.8 with PID 1` },
        { after: 11, text: `${banner}o.s.b.w.embedded.tomcat.TomcatWebServer  : Tomcat started on port 8080 (http) with context path '/'` },
        { after: 11.2, text: `${banner}d.h.pricing.PriceEngineApplication        : Started PriceEngineApplication in 9.871 seconds (process running for 10.93)` },
        { after: 40, every: 61, text: '{time}  INFO 1 --- [price-engine] [   scheduling-1] d.h.pricing.cache.PriceCache             : cache warmed, added 48211 prices in {ms} ms' },
      ],
    },
    { pods: { namespace: 'pricing', name: 'offer-feed' }, logs: [{ after: 5, every: 60, text: '{time} INFO wrote feed part {n}' }] },
    { pods: { namespace: 'pricing', name: 'offer-feed' }, since: '-1h10m', logs: [{ after: 33, every: 214, text: '{time} WARN GET http://price-engine/prices: java.net.SocketException: Connection reset; will try again' }] },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({ namespace: 'pricing', pod: podsOf('pricing', 'price-engine')[0].metadata.name, container: 'price-engine', startsAt: '-57m' }),
}
