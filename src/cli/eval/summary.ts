import { calibrationOf, type Calibration } from './calibration.ts'
import type { Verdict } from './judge.ts'
import { modelScoreOf, type ModelScore } from './model-score.ts'
import type { Outcome } from './outcome.ts'

/** How a group of cases fared. */
export interface Score {
  cases: number
  judged: number
  right: number
  /** Right first or among the first three. */
  inThree: number
  /** Of `healthy` cases: those in which something was called the root cause. */
  falseCauses: number
  healthy: number
  /** Could not be looked at. */
  failed: number
  /** Of one case. */
  medianSeconds: number
  /** null: no model was asked. */
  model: ModelScore | null
}

export interface Summary {
  overall: Score
  families: (Score & { family: string })[]
  calibration: Calibration
}

const count = (outcomes: readonly Outcome[], ...verdicts: Verdict[]): number =>
  outcomes.filter((one) => verdicts.includes(one.verdict)).length

function scoreOf(outcomes: readonly Outcome[]): Score {
  const times = outcomes.map((one) => one.seconds).sort((a, b) => a - b)
  return {
    cases: outcomes.length,
    judged: outcomes.length - count(outcomes, 'unjudged'),
    right: count(outcomes, 'right'),
    inThree: count(outcomes, 'right', 'in-three'),
    falseCauses: count(outcomes, 'false-cause'),
    healthy: outcomes.filter(isHealthy).length,
    failed: outcomes.filter((one) => one.error !== null).length,
    medianSeconds: times[Math.floor(times.length / 2)] ?? 0,
    model: modelScoreOf(outcomes),
  }
}

const isHealthy = ({ case: { expected } }: Outcome): boolean => expected !== null && expected.answers.length === 0

export const familyOf = ({ case: { expected } }: Outcome): string => expected?.family ?? 'unjudged'

/** Families by name, what is healthy after them and what nobody judged last. */
export function summarize(outcomes: readonly Outcome[]): Summary {
  const names = [...new Set(outcomes.map(familyOf))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return {
    overall: scoreOf(outcomes),
    families: names.map((family) => ({ family, ...scoreOf(outcomes.filter((one) => familyOf(one) === family)) })),
    calibration: calibrationOf(
      outcomes.flatMap(({ verdict, result }) =>
        verdict === 'unjudged' || !result?.rootCause ? [] : [{ confidence: result.rootCause.confidence, isRight: verdict === 'right' }],
      ),
    ),
  }
}

const LAST = ['healthy', 'unjudged']
const rank = (family: string): number => LAST.indexOf(family)

/** Every case that is not right, the worst kind of error first. */
export const misses = (outcomes: readonly Outcome[]): Outcome[] =>
  (['false-cause', 'wrong', 'in-three'] as const).flatMap((verdict) => outcomes.filter((one) => one.verdict === verdict))
