import type { KubeObject } from '#cluster'
import { lastWrite } from '../../snapshot/edits.ts'
import { matchesLabels } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/** Policies of a mesh that say who may call a workload: those for its pods, and those of its whole namespace. Last written first. */
export function authorizationsOf(snapshot: Snapshot, workload: KubeObject): KubeObject[] {
  const labels = (workload.kind === 'Pod' ? workload.metadata.labels : workload.spec?.template?.metadata?.labels) ?? {}
  return snapshot.customs
    .filter((o) => /AuthorizationPolicy$|^Server(?:Authorization)?$/.test(o.kind) && o.metadata.namespace === workload.metadata.namespace)
    .filter((o) => matchesLabels(o.spec?.selector?.matchLabels ?? o.spec?.podSelector?.matchLabels ?? {}, labels))
    .sort((a, b) => (lastWrite(b) ?? 0) - (lastWrite(a) ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1))
}
