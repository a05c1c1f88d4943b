import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setEnv } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an update of the brokers stops at the last ordinal: its new pod is told a port that is no number',
  now: '2026-08-06T12:29:14Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-48d', apply: ['10-kafka.yaml'] },
    {
      at: '-44m',
      manager: 'kubectl-set',
      patch: [setEnv({ kind: 'StatefulSet', namespace: 'streaming', name: 'kafka' }, 'broker', 'KAFKA_ADVERTISED_PORT', '9092;tls')],
    },
  ],
  behaviours: [
    {
      pods: {
        namespace: 'streaming',
        labels: { app: 'kafka' },
        where: (pod: KubeObject) => envOf(pod, 'KAFKA_ADVERTISED_PORT') === '9092;tls',
      },
      exits: { code: 1, after: 6 },
      listens: [],
      logs: [
        {
          after: 5,
          text: '[{time}] ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)\norg.apache.kafka.common.config.ConfigException: Invalid value 9092;tls for configuration advertised.port: Not a number of type INT\n\tat org.apache.kafka.common.config.ConfigDef.parseType(ConfigDef.java:748)',
        },
      ],
    },
    {
      pods: { namespace: 'streaming', labels: { app: 'kafka' } },
      logs: [{ after: 8, every: 120, text: '[{time}] INFO [GroupCoordinator 1]: Stabilized group billing generation 41' }],
    },
  ],
  alert: controllerAlerts.statefulSetUpdateNotRolledOut({ namespace: 'streaming', statefulset: 'kafka', startsAt: '-28m' }),
}
