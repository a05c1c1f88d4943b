import type { ObjectRef } from '#kinds/result'
import type { Draft, Place } from '../rule.ts'

/** Which of the scheduler's reasons is the one to mend. */
export interface Placement {
  says: string
  cause: Place
  directness: number
  open: boolean
  blames: ObjectRef[]
  tokens: string[]
  evidence: Draft[]
  alternatives: (Place & { summary: string })[]
}

export type Make = (says: string, field: string | null, directness: number, more?: Partial<Placement>) => Placement
