import { refOf, type KubeObject } from '#cluster'
import { time } from '../../snapshot/events.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { drainedNode, podsUnder, saidOf } from '../run/eviction-words.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const budgetsOverlap: Rule = {
  id: 'budgets-overlap',
  title: 'Two PodDisruptionBudgets cover one pod',
  means: 'The API does not evict a pod that more than one budget selects: its node can never be drained, whatever the budgets allow.',
  looksAt: 'The selectors of all budgets of a namespace against its pods, and what drains, autoscalers and upgraders say.',
  mend: 'Delete one of the budgets, or let their selectors exclude each other.',
  look: (snapshot) => {
    const covering = new Map<KubeObject, KubeObject[]>()
    for (const budget of snapshot.all('PodDisruptionBudget'))
      for (const pod of podsUnder(snapshot, budget)) covering.set(pod, [...(covering.get(pod) ?? []), budget])
    const pairs = new Map<string, { budgets: KubeObject[]; pods: KubeObject[] }>()
    for (const [pod, budgets] of covering) {
      if (budgets.length < 2) continue
      const key = budgets.map(keyOf).join(' ')
      pairs.set(key, { budgets, pods: [...(pairs.get(key)?.pods ?? []), pod] })
    }
    return [...pairs.values()].map(({ budgets, pods }) => overlap(snapshot, budgets, pods))
  },
}

function overlap(snapshot: Snapshot, budgets: readonly KubeObject[], pods: readonly KubeObject[]): Seen {
  const born = (b: KubeObject): number => time(b.metadata.creationTimestamp) ?? 0
  // The one that came last made two of one.
  const [last, ...others] = budgets.toSorted((a, b) => born(b) - born(a) || (keyOf(a) < keyOf(b) ? -1 : 1))
  const object = refOf(last!)
  const names = budgets.map((b) => b.metadata.name).sort()
  const said = budgets.flatMap((b) => saidOf(snapshot, b, pods)).slice(0, 2)
  return {
    on: object,
    failure: 'scaling',
    severity: 'warning',
    summary: `PodDisruptionBudgets ${names.join(' and ')} of namespace ${object.namespace} both cover pod ${pods[0]!.metadata.name}: it cannot be evicted`,
    evidence: [
      ...said,
      ...budgets.map((b) => fromObject(b, `selector ${jsonText(b.spec?.selector ?? {})}, made ${b.metadata.creationTimestamp}`)),
    ],
    cause: { object, field: 'spec.selector' },
    since: born(last!),
    directness: said.length > 0 ? 0.9 : 0.75,
    tentative: said.length === 0 && drainedNode(snapshot, pods) === null,
    alternatives: others.map((b) => ({
      object: refOf(b),
      field: 'spec.selector',
      summary: `PodDisruptionBudget ${b.metadata.name} covers too much`,
    })),
    recommendations: [
      advise(`Delete one of ${names.join(', ')}, or let their selectors exclude each other`, 'Eviction does not support more than one.'),
    ],
  }
}
