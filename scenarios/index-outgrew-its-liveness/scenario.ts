import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork } from '../shared/own.ts'

const restarted = (pod: KubeObject) => Boolean(pod.metadata['annotations']?.['kubectl.kubernetes.io/restartedAt'])
const pods = { namespace: 'discovery', labels: { app: 'similar-titles' } }

export const scenario: Scenario = {
  title: 'an index that is loaded at start has grown; the liveness probe does not wait for it',
  now: '2026-09-29T08:14:55Z',
  nodes: [
    { name: 'ip-10-72-1-33.eu-central-1.compute.internal', ip: '10.72.1.33', zone: 'eu-central-1a', cpu: '8', memory: '32386776Ki' },
    { name: 'ip-10-72-2-18.eu-central-1.compute.internal', ip: '10.72.2.18', zone: 'eu-central-1b', cpu: '8', memory: '32386776Ki' },
    { name: 'ip-10-72-3-207.eu-central-1.compute.internal', ip: '10.72.3.207', zone: 'eu-central-1c', cpu: '8', memory: '32386776Ki' },
  ],
  steps: [
    { at: '-80d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-43d', manager: 'helm', apply: ['10-discovery.yaml'] },
    {
      at: '-46m',
      manager: 'kubectl-rollout',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'discovery', name: 'similar-titles', patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-09-29T07:28:55Z' } } } } } }],
    },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { ...pods, where: restarted }, probes: { liveness: { refused: true }, readiness: { refused: true } }, stop: { code: 143, after: 2 } },
    {
      pods: { ...pods, where: restarted },
      logs: [
        { after: 1.8, text: 'INFO:     Started server process [7]\nINFO:     Waiting for application startup.' },
        { after: 2, text: '{time} INFO similar.index: loading s3://discovery-indexes/titles/current/ (8 shards, 11847203 vectors)' },
        { after: 12, text: '{time} INFO similar.index: shard 1/8 loaded' },
        { after: 22, text: '{time} INFO similar.index: shard 2/8 loaded' },
        { after: 32, text: '{time} INFO similar.index: shard 3/8 loaded' },
        { after: 41, text: '{time} INFO similar.index: shard 4/8 loaded' },
      ],
    },
    {
      pods: { ...pods, where: (pod) => !restarted(pod) },
      logs: [
        { after: 2, text: 'INFO:     Started server process [7]\nINFO:     Waiting for application startup.\n{time} INFO similar.index: loading s3://discovery-indexes/titles/current/ (4 shards, 5104418 vectors)' },
        { after: 37, text: '{time} INFO similar.index: 4 shards loaded in 35.1s\nINFO:     Application startup complete.\nINFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)' },
        { after: 3_700_000, every: 90, text: '{time} INFO similar.query: title={id} k=20 took {ms}ms' },
      ],
    },
    { pods: { namespace: 'discovery', labels: { app: 'home-feed' } }, logs: [{ after: 4, every: 55, text: '{time} info feed built rid={id} {ms}ms' }] },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'discovery',
      pod: podsOf('discovery', 'similar-titles').find((pod) => pod.metadata.annotations)?.metadata.name,
      container: 'api',
      startsAt: '-24m',
    }),
}
