import type { Case } from './cases.ts'
import { judge, type Verdict } from './judge.ts'
import type { CaseAnswer } from './pool.ts'
import type { Result } from '#kinds/result'

/** One case, looked at and judged. */
export interface Outcome {
  case: Case
  verdict: Verdict
  /** null: it could not be looked at, and `error` says why. */
  result: Result | null
  error: string | null
  seconds: number
  /** What a model made of it; null: none was asked, or the case could not be looked at. */
  model: ModelOutcome | null
}

export interface ModelOutcome {
  /** What the verdict would have been without it. */
  unaided: Verdict
  /** null: it concluded. */
  failure: string | null
}

/** `took` is for a case that could not be looked at: seconds. */
export const outcomeOf = (one: Case, { result, asked, error }: CaseAnswer, took: number): Outcome => ({
  case: one,
  verdict: judge(result, one.expected),
  result,
  error,
  seconds: result?.usage.durationSeconds ?? took,
  model: asked && { unaided: judge(asked.unaided, one.expected), failure: asked.failure },
})
