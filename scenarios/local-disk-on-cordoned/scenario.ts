import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a search shard cannot come back to the cordoned node that holds its disk',
  now: '2026-04-17T03:29:38Z',
  nodes: [
    { name: 'stor-1', ip: '10.88.0.1' },
    { name: 'stor-2', ip: '10.88.0.2' },
    { name: 'stor-3', ip: '10.88.0.3' },
  ],
  steps: [
    { at: '-41d', apply: ['10-index.yaml'] },
    { at: '-3h', manager: 'kubectl-cordon', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'stor-2', patch: { spec: { unschedulable: true } } }] },
    { at: '-35m', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'lexicon', name: 'solr-0' }] },
  ],
  alert: kubePrometheus.podNotReady({ namespace: 'lexicon', pod: 'solr-0', startsAt: '-19m' }),
}
