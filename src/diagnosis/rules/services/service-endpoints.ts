import { refOf, type KubeObject } from '#cluster'
import { isReady } from '../../snapshot/containers.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'
import { unreadySince } from '../run/pods.ts'
import { unmatched } from './service-selector.ts'
import { withoutSelector } from './service-unselected.ts'

export const serviceEndpoints: Rule = {
  id: 'service-endpoints',
  title: 'A Service has no pod that answers',
  means: 'The selector matches no pod, or none of the pods that it matches is ready: whoever calls the Service is refused.',
  looksAt: 'Services with a selector, the labels of the pods and of the workloads’ templates in the namespace, and the pods’ readiness.',
  mend: 'Correct the label in the selector or in the workload; if the pods are not ready, mend them.',
  look: (snapshot) =>
    snapshot
      .all('Service')
      .map((service) => look(snapshot, service))
      .filter((s) => s !== null),
}

function look(snapshot: Snapshot, service: KubeObject): Seen | null {
  const namespace = service.metadata.namespace ?? ''
  const { spec } = service
  if (spec?.type === 'ExternalName' || !snapshot.has('Pod', namespace)) return null
  if (Object.keys(spec?.selector ?? {}).length === 0) return withoutSelector(snapshot, service)
  const pods = snapshot.podsSelected(namespace, spec.selector)
  const alive = pods.filter((p) => p.status?.phase !== 'Succeeded' && p.status?.phase !== 'Failed')
  if (alive.length === 0) return unmatched(snapshot, service)
  if (spec.publishNotReadyAddresses || alive.some(isReady)) return null
  const workloads = [...new Map(alive.map((p) => snapshot.workloadOf(p)).map((w) => [keyOf(w), w])).values()]
  return {
    on: refOf(service),
    failure: 'endpoints',
    severity: 'warning',
    summary: `Service ${namespace}/${service.metadata.name} has no ready pod: ${alive.length === 1 ? 'the one that it selects is not' : `none of the ${alive.length} that it selects is`} ready`,
    evidence: [
      fromObject(
        service,
        `selects ${alive.length} pods of ${workloads.map((w) => `${w.kind} ${w.metadata.name}`).join(', ')}; 0 are ready`,
      ),
    ],
    cause: { object: refOf(workloads[0]!), field: null },
    since: unreadySince(alive),
    directness: 0.2,
    open: true,
    tentative: true,
    blames: workloads.map(refOf),
  }
}
