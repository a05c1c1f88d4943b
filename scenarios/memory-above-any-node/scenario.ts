import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a genome aligner asks for 160Gi on nodes of 64',
  now: '2026-02-09T08:17:40Z',
  nodes: [
    { name: 'hpc-01', ip: '10.77.0.1', cpu: '32', memory: '65880124Ki' },
    { name: 'hpc-02', ip: '10.77.0.2', cpu: '32', memory: '65880124Ki' },
  ],
  steps: [
    { at: '-17d', apply: ['10-genomics.yaml'] },
    { at: '-1h5m', manager: 'helm', patch: [setContainer({ kind: 'StatefulSet', namespace: 'genomics', name: 'aligner' }, 'bwa', { resources: { requests: { memory: '160Gi' } } })] },
  ],
  alert: kubePrometheus.podNotReady({ namespace: 'genomics', pod: 'aligner-1', startsAt: '-49m' }),
}
