import type { KubeObject } from '#cluster'
import { item, podField } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Make, Placement } from './placement-verdict.ts'

/** Which constraint leaves no node. */
export function spread(snapshot: Snapshot, workload: KubeObject, spec: any, message: string, make: Make): Placement {
  const constraints: any[] = (spec.topologySpreadConstraints ?? []).filter((c: any) => c.whenUnsatisfiable === 'DoNotSchedule')
  const nodes = snapshot.all('Node')
  const unknown = constraints.find((c) => nodes.every((n) => n.metadata.labels?.[c.topologyKey] === undefined))
  const one = unknown ?? (constraints.length === 1 ? constraints[0] : undefined)
  const field = podField(workload, one ? item('topologySpreadConstraints', 'topologyKey', one.topologyKey) : 'topologySpreadConstraints')
  if (unknown && /missing required label|topology spread/.test(message))
    return make(`its pods must be spread over ${unknown.topologyKey}, a label that no node has`, field, 0.9, {
      tokens: [unknown.topologyKey],
    })
  return make('its topology spread constraints allow no node', field, 0.82)
}
