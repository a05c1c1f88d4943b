import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a shared media folder asks to be written from many nodes; the disks allow one',
  now: '2026-05-14T09:00:18Z',
  steps: [
    { at: '-26d', apply: ['10-cms.yaml'] },
    { at: '-45m', apply: ['20-media.yaml'] },
  ],
  alert: (podsOf) => kubePrometheus.podNotReady({ namespace: 'cms', pod: podsOf('cms', 'media-')[0].metadata.name, startsAt: '-29m' }),
}
