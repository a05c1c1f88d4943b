import type { ObjectRef } from '#kinds/result'
import type { Place } from '../rule.ts'

/** What an event about a volume or a sandbox means. */
export interface Verdict {
  says: string
  cause: Place
  directness: number
  open?: boolean
  blames?: ObjectRef[]
  mend: string
}
