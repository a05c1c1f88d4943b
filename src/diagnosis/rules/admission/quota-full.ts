import { refOf } from '#cluster'
import { entry } from '../../snapshot/field-path.ts'
import { quantity } from '../../snapshot/quantity.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const quotaFull: Rule = {
  id: 'quota-full',
  title: 'A ResourceQuota has nothing left',
  means: 'All of a resource that the namespace may use is used. Nothing is refused yet; the next pod will be.',
  looksAt: 'Used and hard amounts of ResourceQuotas. It counts only when an alert asks about the quota.',
  mend: 'Raise the quota, or free some of it.',
  look: (snapshot) =>
    snapshot.all('ResourceQuota').flatMap((quota): Seen[] => {
      const hard: Record<string, string> = quota.status?.hard ?? quota.spec?.hard ?? {}
      const full = Object.keys(hard)
        .sort()
        .filter((name) => (quantity(hard[name]) ?? 0) > 0 && (quantity(quota.status?.used?.[name]) ?? 0) >= quantity(hard[name])!)
      const [name] = full
      if (name === undefined) return []
      const { namespace } = quota.metadata
      return [
        {
          on: refOf(quota),
          failure: 'configuration',
          severity: 'warning',
          summary: `Quota ${namespace}/${quota.metadata.name} has nothing left of ${full.join(', ')}`,
          evidence: [fromObject(quota, full.map((f) => `${f}: ${quota.status.used[f]} of ${hard[f]}`).join('; '))],
          cause: { object: refOf(quota), field: entry('spec.hard', name) },
          directness: 0.75,
          tentative: true,
          recommendations: [
            inspect(
              'See who uses it',
              'The next pod will be refused.',
              `kubectl describe resourcequota ${quota.metadata.name} -n ${namespace}`,
            ),
          ],
        },
      ]
    }),
}
