import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'Elasticsearch gets a 12Gi limit where a container may have 8Gi',
  now: '2026-10-02T05:12:48Z',
  steps: [
    { at: '-70d', apply: ['10-search.yaml'] },
    { at: '-29m', manager: 'helm', patch: [setContainer({ kind: 'StatefulSet', namespace: 'search', name: 'es-data' }, 'elasticsearch', { resources: { requests: { memory: '12Gi' }, limits: { memory: '12Gi' } } })] },
  ],
  behaviours: [
    { pods: { namespace: 'search', name: 'es-data' }, logs: [{ after: 25, text: '{"@timestamp":"{time}", "log.level": "INFO", "message":"started {es-data-0}{v9.1.4}", "ecs.version": "1.2.0","service.name":"ES_ECS","event.dataset":"elasticsearch.server"}' }] },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'search', statefulset: 'es-data', startsAt: '-13m' }),
}
