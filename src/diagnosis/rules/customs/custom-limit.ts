import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { leavesOf, type Leaf } from '../../snapshot/leaves.ts'
import { quantity } from '../../snapshot/quantity.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const customLimit: Rule = {
  id: 'custom-limit',
  title: 'A custom resource has used up what it may',
  means:
    'Its spec bounds an amount (the cpu of a node pool, the nodes of a group, the quota of a queue), and its status says that this much is in use.',
  looksAt:
    'Amounts below a limit or quota in the spec of custom resources, and the amounts of the same name in their status. It counts only when an alert asks about the resource.',
  mend: 'Raise the limit, or see who uses so much.',
  look: (snapshot) => snapshot.customs.flatMap((custom) => usedUp(custom) ?? []),
}

const LIMIT = /(?:limits?|quotas?|max|maximum|maxSize|maxReplicas|nominalQuota|hard)(?:\.|\[|$)/i
const IN_USE = /resources|usage|used|usages|reserv|allocated|consumed|current|size|replicas|count/i
/** So much of it is nearly all. */
const NEARLY = 0.9

/** What it has used up, as an observation; null: it has room. */
export function usedUp(custom: KubeObject): Seen | null {
  const used = leavesOf(custom.status ?? {}, 'status').filter((l) => IN_USE.test(l.field) && quantity(l.value) !== null)
  if (used.length === 0) return null
  const found = leavesOf(custom.spec ?? {}, 'spec').flatMap((limit): { limit: Leaf; of: Leaf; share: number }[] => {
    const most = quantity(limit.value)
    if (!LIMIT.test(limit.field) || most === null || most <= 0) return []
    const of = used.find((l) => l.key === limit.key)
    const share = of ? (quantity(of.value) ?? 0) / most : 0
    return of && share >= NEARLY ? [{ limit, of, share }] : []
  })
  const [first] = found.sort((a, b) => b.share - a.share || (a.limit.field < b.limit.field ? -1 : 1))
  if (!first) return null
  const object = refOf(custom)
  const { limit, of, share } = first
  return {
    on: object,
    failure: 'configuration',
    severity: 'warning',
    summary: `${objectText(object)} has used ${Math.round(share * 100)}% of ${limit.field}`,
    evidence: [fromObject(custom, `${limit.field} = ${limit.value}; ${of.field} = ${of.value}`)],
    cause: { object, field: limit.field },
    directness: share >= 1 ? 0.74 : 0.68,
    tentative: true,
    recommendations: [advise(`Raise ${limit.field} of ${objectText(object)}`, 'Nearly all that it may have is in use.')],
  }
}
