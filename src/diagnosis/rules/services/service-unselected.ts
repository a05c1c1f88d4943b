import { refOf, type KubeObject } from '#cluster'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { CONTROL_PLANE_SERVICES, ENDPOINT_SLICE_CONTROLLER } from '../../snapshot/well-known.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Seen } from '../rule.ts'

/** Somebody writes its endpoints by hand, or the selector was lost. */
export function withoutSelector(snapshot: Snapshot, service: KubeObject): Seen | null {
  const namespace = service.metadata.namespace ?? ''
  if (CONTROL_PLANE_SERVICES.has(`${namespace}/${service.metadata.name}`) || !snapshot.has('EndpointSlice', namespace)) return null
  const slices = snapshot
    .all('EndpointSlice', namespace)
    .filter((s) => s.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
  // The controller never clears what it wrote: slices of its own are what a selector that was taken away left behind.
  const isLeft = slices.some((s) => s.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === ENDPOINT_SLICE_CONTROLLER)
  const live = slices
    .flatMap((s) => s['endpoints'] ?? [])
    .filter((e: any) => !e.targetRef?.name || snapshot.find('Pod', namespace, e.targetRef.name) !== null)
  if (live.length > 0) return null
  const name = `Service ${namespace}/${service.metadata.name}`
  return {
    on: refOf(service),
    failure: 'endpoints',
    severity: 'critical',
    summary: `${name} has no selector and no endpoints${isLeft ? ' but those of pods that are gone' : ''}`,
    evidence: [fromObject(service, 'spec.selector is empty')],
    cause: { object: refOf(service), field: 'spec.selector' },
    directness: isLeft ? 0.9 : 0.85,
    tentative: !isLeft && !snapshot.workloads.some((w) => w.metadata.namespace === namespace && w.metadata.name === service.metadata.name),
    recommendations: [
      inspect('See what labels the pods have', 'The Service should select them.', `kubectl get pods -n ${namespace} --show-labels`),
    ],
  }
}
