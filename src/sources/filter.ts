import { compileCondition } from '#expr'
import type { Alert } from '#alert'
import { errorText } from '#kit/errors'
import type { Source } from '#kinds/source'

/** Whether an alert passes; `error` when that cannot be told: then it passes, since nothing may be lost to a slip in a condition. */
export type Filter = (alert: Alert) => { passes: boolean; error: string | null }

/** The Source's `filter`, compiled. An expression that cannot be compiled lets everything pass, with that error each time. */
export function compileFilter(source: Source): Filter {
  const { filter } = source.spec
  if (filter === undefined) return () => ({ passes: true, error: null })
  let condition: ReturnType<typeof compileCondition>
  try {
    condition = compileCondition(filter, ['alert'], { field: 'spec.filter' })
  } catch (error) {
    return () => ({ passes: true, error: errorText(error) })
  }
  return (alert) => {
    try {
      return { passes: condition({ alert }), error: null }
    } catch (error) {
      return { passes: true, error: errorText(error) }
    }
  }
}
