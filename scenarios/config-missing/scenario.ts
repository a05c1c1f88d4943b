import { kubePrometheus } from '../../control-plane/alerts.ts'
import { shopAtWork } from '../shared/shop.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a new version of indexer takes its environment from a ConfigMap that nobody made (indexer-settings; it is called indexer-config)',
  now: '2026-08-25T18:03:29Z',
  steps: [
    { at: '-70d4h2m11s', apply: ['shared/platform.yaml'] },
    { at: '-26d9h31m4s', manager: 'helm', apply: ['10-search.yaml'] },
    { at: '-34m47s', manager: 'helm', apply: ['20-indexer-1.19.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'search', labels: { app: 'query' } }, logs: [{ after: 2, every: 11, text: '{time} INFO query id={id} took={ms}ms' }] },
    { pods: { namespace: 'search', labels: { app: 'indexer' } }, logs: [{ after: 2, every: 19, text: '{time} INFO indexed batch={n} took={ms}ms' }] },
    ...shopAtWork,
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'search', deployment: 'indexer', startsAt: '-18m20s' }),
}
