import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

const pods = { namespace: 'streaming', name: 'playback-session' }
const withVector = (pod: KubeObject) => pod.spec.containers.length > 1

export const scenario: Scenario = {
  title: 'a sidecar without a cpu request keeps the autoscaler from computing anything; the evening peak meets three pods',
  now: '2026-10-31T20:21:09Z',
  steps: [
    { at: '-85d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-40d', manager: 'helm', apply: ['10-streaming.yaml'] },
    { at: '-39d', wait: 5000 },
    { at: '-4h52m', manager: 'helm', apply: ['20-vector.yaml'] },
    { at: '-4h51m', wait: 6000 },
    { at: '-41m', wait: 5000 },
  ],
  behaviours: [
    corednsAtWork,
    { pods, container: 'session', until: '-41m', usage: { cpu: '205m', memory: '171Mi' } },
    { pods, container: 'session', since: '-41m', usage: { cpu: '992m', memory: '243Mi' } },
    { pods: { ...pods, where: withVector }, container: 'vector', usage: { cpu: '38m', memory: '46Mi' } },
    { pods: { namespace: 'streaming', name: 'sessions-cache' }, usage: { cpu: '61m', memory: '388Mi' }, logs: [{ after: 0.3, text: '1:M {time} * Ready to accept connections tcp' }] },
    { pods: { namespace: 'streaming', name: 'player-bff' }, usage: { cpu: '140m', memory: '160Mi' } },
    { pods, container: 'session', until: '-38m', logs: [{ after: 1, text: '{"level":"info","ts":"{time}","msg":"listening","addr":":8080"}' }, { after: 5, every: 31, text: '{"level":"info","ts":"{time}","msg":"POST /sessions","status":201,"duration_ms":{ms}}' }] },
    {
      pods,
      container: 'session',
      since: '-38m',
      logs: [
        { after: 5, every: 19, text: '{"level":"info","ts":"{time}","msg":"POST /sessions","status":201,"duration_ms":41{ms}}' },
        { after: 8, every: 47, text: '{"level":"warn","ts":"{time}","msg":"request waited for a worker","queued":2{ms},"rid":"{id}"}' },
      ],
    },
    { pods: { ...pods, where: withVector }, container: 'vector', logs: [{ after: 0.4, text: '{time}  INFO vector::app: Log level is enabled. level="info"\n{time}  INFO vector::topology::builder: Healthcheck passed.\n{time}  INFO vector: Vector has started. debug="false" version="0.50.0" arch="x86_64" revision="9053198 2025-09-23 14:18:50.944442940"' }] },
    { pods: { namespace: 'streaming', name: 'player-bff' }, since: '-36m', logs: [{ after: 5, every: 58, text: '{time} warn  POST http://playback-session/sessions timed out after 5000 ms, trying again' }] },
  ],
  alert: rule(
    'PlaybackStartLatencyHigh',
    '-27m',
    { namespace: 'streaming', service: 'playback-session', severity: 'critical', quantile: '0.99' },
    'Films start slowly.',
    'The 99th percentile of POST /sessions at playback-session is 4.6 s (objective: 800 ms).',
    'histogram_quantile(0.99, sum by (namespace, service, le) (rate(http_request_duration_seconds_bucket{service="playback-session"}[5m]))) > 0.8',
  ),
}
