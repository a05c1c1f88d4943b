import { refOf, type KubeObject } from '#cluster'
import { keyOf, type Snapshot } from '../snapshot/snapshot.ts'
import { matchesSelector } from '../snapshot/selectors.ts'
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
  if (expectedPods === 0 || disruptionsAllowed > 0) return null
  const object = refOf(budget)
  const field = budget.spec?.maxUnavailable !== undefined ? 'spec.maxUnavailable' : 'spec.minAvailable'
  const pods = snapshot.all('Pod', object.namespace).filter((p) => matchesSelector(budget.spec?.selector, p.metadata.labels))
  const workloads = [...new Map(pods.map((p) => snapshot.workloadOf(p)).map((w) => [keyOf(w), w])).values()]
  const isImpossible = desiredHealthy >= expectedPods
  return {
    on: object,
    failure: 'scaling',
    severity: 'warning',
    summary: `PodDisruptionBudget ${object.namespace}/${object.name} allows no disruption: it wants ${desiredHealthy} of ${expectedPods} pods, ${currentHealthy} are healthy`,
    evidence: [
      fromObject(
        budget,
        `${field} = ${budget.spec?.[field.slice(5)]}; healthy ${currentHealthy}, desired ${desiredHealthy}, expected ${expectedPods}`,
      ),
    ],
    cause: { object, field },
    directness: isImpossible ? 0.75 : 0.3,
    open: currentHealthy < desiredHealthy,
    blames: currentHealthy < desiredHealthy ? workloads.map(refOf) : [],
    tentative: true,
    recommendations: [
      advise(
        isImpossible ? `Lower ${field}, or run one replica more` : 'Bring its pods back',
        'Until then no node that holds one of them can be drained.',
      ),
    ],
  }
}
