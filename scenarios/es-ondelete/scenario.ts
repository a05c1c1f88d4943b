import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the StatefulSet’s updateStrategy is OnDelete: a new image is asked for and never rolled out',
  now: '2026-09-19T10:02:47Z',
  steps: [
    { at: '-66d', apply: ['10-search.yaml'] },
    {
      at: '-1d3h',
      manager: 'kubectl-set',
      patch: [
        setImage(
          { kind: 'StatefulSet', namespace: 'logs', name: 'es-data' },
          'elasticsearch',
          'docker.elastic.co/elasticsearch/elasticsearch:9.1.4',
        ),
      ],
    },
  ],
  alert: controllerAlerts.statefulSetUpdateNotRolledOut({ namespace: 'logs', statefulset: 'es-data', startsAt: '-1d2h' }),
}
