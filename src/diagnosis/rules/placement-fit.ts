import { refOf, type KubeObject } from '#cluster'
import { containerField, entry, podField } from '../snapshot/field-path.ts'
import { quantity } from '../snapshot/quantity.ts'
import { matchesExpression, matchesLabels } from '../snapshot/selectors.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Placement } from './placement.ts'

export function isWanted(spec: any, node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {}
  const terms: any[] = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return (
    matchesLabels(spec.nodeSelector ?? {}, labels) &&
    (terms.length === 0 || terms.some((t) => (t.matchExpressions ?? []).every((e: any) => matchesExpression(e, labels))))
  )
}

type Make = (says: string, field: string | null, directness: number, more?: Partial<Placement>) => Placement

/** Which label no node has. */
export function selector(snapshot: Snapshot, workload: KubeObject, spec: any, make: Make): Placement {
  const nodes = snapshot.all('Node')
  const pairs = Object.entries<string>(spec.nodeSelector ?? {})
  const wrong = pairs.find(([k, v]) => !nodes.some((n) => n.metadata.labels?.[k] === v)) ?? pairs[0]
  if (!wrong || (spec.affinity?.nodeAffinity && nodes.some((n) => matchesLabels(spec.nodeSelector ?? {}, n.metadata.labels))))
    return make('no node matches its node affinity', podField(workload, 'affinity.nodeAffinity'), 0.86)
  const [key, value] = wrong
  const there = [...new Set(nodes.map((n) => n.metadata.labels?.[key]).filter((v) => v !== undefined))].sort()
  const hint = there.length > 0 ? `; nodes have ${there.slice(0, 5).join(', ')}` : ''
  return make(`no node has the label ${key}=${value}${hint}`, entry(podField(workload, 'nodeSelector'), key), 0.92, { tokens: [value] })
}

/** Whether one pod asks for more than any node has, or the nodes are full. */
export function resources(
  snapshot: Snapshot,
  workload: KubeObject,
  spec: any,
  nodes: readonly KubeObject[],
  name: string,
  make: Make,
): Placement {
  const asked = (c: any): number => quantity(c.resources?.requests?.[name]) ?? 0
  const containers: any[] = (spec.containers ?? []).toSorted((a: any, b: any) => asked(b) - asked(a))
  const total = containers.reduce((sum, c) => sum + asked(c), 0)
  const most = containers[0]
  const field = most ? containerField(workload, most.name, entry('resources.requests', name)) : null
  const fit = nodes.filter((n) => isWanted(spec, n))
  const largest = Math.max(0, ...fit.map((n) => quantity(n.status?.allocatable?.[name]) ?? 0))
  const shown = most?.resources?.requests?.[name]
  const replicas = { object: refOf(workload), field: 'spec.replicas', summary: 'There are more replicas than the nodes can hold' }
  if (fit.length > 0 && total > largest)
    return make(
      `it asks for ${shown} ${name}, and the largest node has ${fit.map((n) => n.status?.allocatable?.[name]).find((q) => (quantity(q) ?? 0) === largest) ?? 0}`,
      field,
      0.93,
      { tokens: [String(shown)] },
    )
  const some = snapshot.podsOf(workload).some((p) => p.spec?.nodeName)
  return make(`the nodes have not enough ${name} left for the ${shown ?? '?'} that it asks for`, field, some ? 0.62 : 0.72, {
    tokens: shown ? [String(shown)] : [],
    alternatives: some ? [replicas] : [],
  })
}
