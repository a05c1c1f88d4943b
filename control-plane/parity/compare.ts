import { objectText, type Diagnosis } from '#kinds/result'
import { judge, type Verdict } from '../../src/cli/eval/judge.ts'
import type { Looks } from './looks.ts'

const WAYS = ['live', 'bundle', 'own'] as const
export type Way = (typeof WAYS)[number]

/** What three looks at one cluster say. */
export interface Parity {
  /** Object and field of the root cause, or that all is well: in words, the same words for the same verdict. */
  said: Record<Way, string>
  /** All three say the same. */
  isSame: boolean
  /** Nothing in the live result differs from the bundle's: every finding, problem, confidence and command. What was missing is not compared. */
  isSameToTheWord: boolean
  /** Of the live result, against `expected.yaml`. */
  verdict: Verdict
}

export function compare({ expected, ...looks }: Looks): Parity {
  const said = { live: verdictText(looks.live), bundle: verdictText(looks.bundle), own: verdictText(looks.own) }
  return {
    said,
    isSame: WAYS.every((way) => said[way] === said.live),
    isSameToTheWord: wordsOf(looks.live) === wordsOf(looks.bundle),
    verdict: judge(looks.live, expected),
  }
}

const verdictText = ({ rootCause, healthy, problems }: Diagnosis): string => {
  if (rootCause) return `${objectText(rootCause.object)}: ${rootCause.field ?? 'no field'}`
  return healthy ? 'healthy' : `no root cause, ${problems.length} problems`
}

const wordsOf = (diagnosis: Diagnosis): string => JSON.stringify({ ...diagnosis, incomplete: [] })
