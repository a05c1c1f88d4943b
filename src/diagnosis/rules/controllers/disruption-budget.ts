import { refOf, type KubeObject } from '#cluster'
import { condition } from '../../snapshot/containers.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { drainedNode, podsUnder, saidOf } from '../run/eviction-words.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

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
  // Were all its pods healthy, it would allow one to go.
  const isShort = !isImpossible && currentHealthy < expectedPods
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
