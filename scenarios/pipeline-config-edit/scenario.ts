import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an edit of the ConfigMap sets the batch size to a word; the consumers, restarted by a node’s reboot, end at start',
  now: '2026-07-17T07:17:17Z',
  steps: [
    { at: '-35d', apply: ['10-etl.yaml'] },
    {
      at: '-1h5m',
      manager: 'kubectl-edit',
      patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'etl', name: 'consumer', patch: { data: { BATCH_SIZE: 'large' } } }],
    },
    {
      at: '-1h',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'etl',
          name: 'consumer',
          patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-07-17T06:17:17Z' } } } } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: {
        namespace: 'etl',
        labels: { app: 'consumer' },
        where: (pod: KubeObject) => pod.metadata['annotations']?.['kubectl.kubernetes.io/restartedAt'] !== undefined,
      },
      exits: { code: 1, after: 2 },
      logs: [
        {
          after: 1,
          text: 'Traceback (most recent call last):\n  File "/app/consumer/__main__.py", line 12, in <module>\n    settings = Settings()\n               ^^^^^^^^^^\npydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\nBATCH_SIZE\n  Input should be a valid integer, unable to parse string as an integer [type=int_parsing, input_value=\'large\', input_type=str]',
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'etl', deployment: 'consumer', startsAt: '-40m' }),
}
