import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a Service of a telling name is added; pods that start after it take its variable for their own port',
  now: '2026-05-19T07:12:40Z',
  steps: [
    { at: '-34d', apply: ['10-parking.yaml'] },
    { at: '-58m', apply: ['20-broker.yaml'] },
    {
      at: '-41m',
      manager: 'kubectl-rollout',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'parking', name: 'gate-worker', patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-05-19T06:31:40Z' } } } } } }],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'parking', labels: { app: 'gate-worker' }, where: (pod) => pod.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'] !== undefined },
      exits: { code: 1, after: 1 },
      logs: [{ after: 0.6, text: 'Traceback (most recent call last):\n  File "/app/worker.py", line 14, in <module>\n    port = int(os.environ.get("BROKER_PORT", "8883"))\nValueError: invalid literal for int() with base 10: \'tcp://10.96.77.12:1883\'' }],
    },
    { pods: { namespace: 'parking', labels: { app: 'gate-worker' } }, logs: [{ after: 1, text: '{time} INFO connected to mqtt.city.example:8883' }, { after: 20, every: 40, text: '{time} INFO gate event stored id={id}' }] },
    { pods: { namespace: 'parking', labels: { app: 'broker' } }, logs: [{ after: 1, text: '1747634400: mosquitto version 2.0.22 running' }] },
  ],
  alert: crashLooping('parking', 'gate-worker', 'worker', '-29m'),
}
