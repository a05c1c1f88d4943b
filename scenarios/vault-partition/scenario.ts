import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a canary of the StatefulSet was left with partition 2: two of three pods stay on the old version',
  now: '2026-07-30T08:36:25Z',
  steps: [
    { at: '-66d', apply: ['10-vault.yaml'] },
    {
      at: '-5h10m',
      manager: 'helm',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          namespace: 'vault',
          name: 'vault',
          patch: { spec: { updateStrategy: { rollingUpdate: { partition: 2 } } } },
        },
        setImage({ kind: 'StatefulSet', namespace: 'vault', name: 'vault' }, 'vault', 'docker.io/openbao/openbao:2.4.0'),
      ],
    },
  ],
  alert: controllerAlerts.statefulSetUpdateNotRolledOut({ namespace: 'vault', statefulset: 'vault', startsAt: '-4h50m' }),
}
