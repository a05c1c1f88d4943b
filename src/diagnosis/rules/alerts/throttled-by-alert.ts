import { refOf } from '#cluster'
import { objectText } from '#kinds/result'
import { textsOf } from '../../snapshot/backlog.ts'
import { containerField, podSpecOf } from '../../snapshot/field-path.ts'
import { setField } from '../recommend.ts'
import { fromObject, type Rule } from '../rule.ts'

export const throttledByAlert: Rule = {
  id: 'throttled-by-alert',
  title: 'An alert says that a container is held back by its cpu limit',
  means:
    'Throttling is a thing of the kernel that no object shows; without Prometheus the alert itself is the witness, and the limit is what holds it.',
  looksAt: 'The words of the alert, and the cpu limits of the containers of what it is about.',
  mend: 'Raise the limit, or take it away and keep the request.',
  look: ({ asked, isMeasured }) => {
    if (!asked || isMeasured('cpu-throttled') || !/throttl/i.test([asked.labels['alertname'] ?? '', ...textsOf(asked)].join('\n')))
      return []
    return asked.workloads.flatMap((workload) => {
      const limited: any[] = (podSpecOf(workload)?.containers ?? []).filter((c: any) => c.resources?.limits?.cpu !== undefined)
      const one = limited.find((c) => c.name === asked.labels['container']) ?? (limited.length === 1 ? limited[0] : undefined)
      if (!one) return []
      const object = refOf(workload)
      const field = containerField(workload, one.name, 'resources.limits.cpu')
      return [
        {
          on: object,
          failure: 'call' as const,
          container: one.name,
          severity: 'warning' as const,
          summary: `Container ${one.name} of ${objectText(object)} is held back by its cpu limit of ${one.resources.limits.cpu}, as the alert says`,
          evidence: [fromObject(workload, `${field} = ${one.resources.limits.cpu}`)],
          cause: { object, field },
          directness: 0.6,
          tentative: true,
          recommendations: [
            setField(object, field, null, 'Without a limit it may use what the node has left; the request keeps its share.'),
          ],
        },
      ]
    })
  },
}
