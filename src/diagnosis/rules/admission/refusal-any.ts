import { refOf } from '#cluster'
import { deniedField } from './denial.ts'
import type { Way } from './refusal-ways.ts'

/** What other rules tell of, and what passes. */
const TOLD =
  /exceeded quota|failed quota|admission webhook|calling webhook|ValidatingAdmissionPolicy|already exists|object (?:has been|is being) |etcdserver|timed? ?out|deadline|Unauthorized/

/** Words of an admission plug-in that no other way knows: they mostly name a path, a field or a value. */
export const ANY: Way = {
  pattern: new RegExp(`^(?!.*(?:${TOLD.source}))(?:Error creating: |create Pod .* failed error: )?(.+)$`, 's'),
  tell: ([, text = ''], { workload }) => {
    const field = deniedField(workload, text.replace(/^pods? "[^"]+" is forbidden: /, ''))
    return {
      says: text.slice(0, 200),
      cause: { object: refOf(workload), field },
      directness: field ? 0.78 : 0.4,
      mend: 'Correct what the message names',
    }
  },
}
