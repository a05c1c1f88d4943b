import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { matchesSelector } from '../../snapshot/selectors.ts'
import { holdsWord } from '../../snapshot/settings.ts'
import { logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import { fromEvent, type Draft } from '../rule.ts'

/** What whoever drains a node says when a budget does not let a pod go: kubectl drain and what embeds it, autoscalers, upgraders. */
const REFUSED =
  /violate the pod's disruption budget|more than one PodDisruptionBudget|prevents? pod evictions|(?:disruption budget|\bPDB\b|\bpdb\b).{0,60}(?:block|prevent|violat|not allow|disallow|fail)|(?:block|prevent|violat)\w*.{0,60}(?:disruption budget|\bPDB\b|\bpdb\b)/i

/** Lines and events of the last hours that tell of a refused eviction, newest of each log. Made once a snapshot. */
const refusedEvictions = (snapshot: Snapshot): readonly Draft[] =>
  snapshot.once('refused-evictions', () => [
    ...snapshot.containers.flatMap((view): Draft[] => {
      const lines = (snapshot.log(view, false) ?? []).filter((line) => REFUSED.test(line))
      const ref = `log/${logKey(view.pod.metadata.namespace ?? '', view.pod.metadata.name, view.name, false)}`
      return lines.slice(-20).map((line) => ({ source: 'log', ref, text: line.replaceAll('\\"', '"').trim() }))
    }),
    ...snapshot.events.filter((e) => REFUSED.test(e.message)).map(fromEvent),
  ])

export const podsUnder = (snapshot: Snapshot, budget: KubeObject): KubeObject[] =>
  snapshot.all('Pod', budget.metadata.namespace ?? '').filter((p) => matchesSelector(budget.spec?.selector, p.metadata.labels))

/** What is said of evictions that this budget refused; empty: nobody tried, or nobody told. */
export function saidOf(snapshot: Snapshot, budget: KubeObject, pods: readonly KubeObject[]): Draft[] {
  const names = [budget.metadata.name, ...pods.map((p) => p.metadata.name)]
  return refusedEvictions(snapshot)
    .filter((d) => names.some((name) => holdsWord(d.text, name)))
    .slice(-2)
}

/** A cordoned node from which everything is gone but these pods and what stays on every node: somebody waits for them. */
export function drainedNode(snapshot: Snapshot, pods: readonly KubeObject[]): ObjectRef | null {
  for (const name of new Set(pods.map((p) => p.spec?.nodeName).filter((n): n is string => typeof n === 'string'))) {
    const node = snapshot.get('Node', null, name)
    if (!node?.spec?.unschedulable) continue
    const left = snapshot
      .podsOn(name)
      .filter((p) => snapshot.workloadOf(p).kind !== 'DaemonSet' && !['Succeeded', 'Failed'].includes(p.status?.phase))
    if (left.length > 0 && left.every((p) => pods.includes(p))) return refOf(node)
  }
  return null
}
