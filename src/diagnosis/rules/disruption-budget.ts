import { refOf, type KubeObject } from '#cluster'
import { condition } from '../snapshot/containers.ts'
import { time } from '../snapshot/events.ts'
import { jsonText } from '../snapshot/json-text.ts'
import { keyOf, type Snapshot } from '../snapshot/snapshot.ts'
import { drainedNode, podsUnder, saidOf } from './eviction-words.ts'
import { advise } from './recommend.ts'
import { fromObject, type Rule, type Seen } from './rule.ts'

export const disruptionBudget: Rule = {
  id: 'disruption-budget',
  title: 'A PodDisruptionBudget allows no disruption',
  means: 'Fewer pods are healthy than the budget wants, or it wants as many as there are: no node that holds one can be drained.',
  looksAt:
    'Desired, current and expected pods of PodDisruptionBudgets. It counts only when an alert asks about the budget, or its pods are in trouble.',
  mend: 'Mend the pods; if the budget wants all of them, lower minAvailable or add a replica.',
  look: (snapshot) =>
    snapshot
      .all('PodDisruptionBudget')
      .map((budget) => tight(snapshot, budget))
      .filter((s) => s !== null),
}

function tight(snapshot: Snapshot, budget: KubeObject): Seen | null {
  const { expectedPods = 0, desiredHealthy = 0, currentHealthy = 0, disruptionsAllowed = 0 } = budget.status ?? {}
  const object = refOf(budget)
  const pods = podsUnder(snapshot, budget)
  const said = saidOf(snapshot, budget, pods)
  const drained = drainedNode(snapshot, pods)
  const heard = {
    tentative: said.length === 0 && drained === null,
    severity: 'warning' as const,
    failure: 'scaling' as const,
  }
  const failed = condition(budget, 'DisruptionAllowed')
  if (failed?.reason === 'SyncFailed')
    return {
      ...heard,
      on: object,
      summary: `PodDisruptionBudget ${object.namespace}/${object.name} cannot be computed, so it allows no disruption: ${failed.message}`,
      evidence: [fromObject(budget, `DisruptionAllowed = False: SyncFailed: ${failed.message}`), ...said],
      cause: { object, field: 'spec.selector' },
      directness: 0.86,
      recommendations: [advise('Select only pods of controllers that can be scaled', String(failed.message))],
    }
  if (expectedPods === 0 || disruptionsAllowed > 0) return null
  const field = budget.spec?.maxUnavailable !== undefined ? 'spec.maxUnavailable' : 'spec.minAvailable'
  const workloads = [...new Map(pods.map((p) => snapshot.workloadOf(p)).map((w) => [keyOf(w), w])).values()]
  const isImpossible = desiredHealthy >= expectedPods
  const isShort = currentHealthy < desiredHealthy
  return {
    ...heard,
    on: object,
    summary: `PodDisruptionBudget ${object.namespace}/${object.name} allows no disruption: it wants ${desiredHealthy} of ${expectedPods} pods, ${currentHealthy} are healthy${drained ? `; node ${drained.name} waits to be drained` : ''}`,
    evidence: [
      fromObject(
        budget,
        `${field} = ${budget.spec?.[field.slice(5)]}; healthy ${currentHealthy}, desired ${desiredHealthy}, expected ${expectedPods}`,
      ),
      ...said,
    ],
    cause: { object, field },
    directness: isImpossible ? (heard.tentative ? 0.75 : 0.86) : 0.3,
    open: isShort,
    blames: isShort ? workloads.map(refOf) : [],
    recommendations: [
      advise(
        isImpossible ? `Lower ${field}, or run one replica more` : 'Bring its pods back',
        'Until then no node that holds one of them can be drained.',
      ),
    ],
  }
}

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
