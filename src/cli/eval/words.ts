import { objectText, type Result } from '#kinds/result'
import type { Expected } from './expected.ts'
import type { Outcome } from './summary.ts'

/** What is said of a case in one line, the same in every report. */

const placeText = (object: string, field: string | null | undefined): string => (field ? `${object}: ${field}` : object)

export function expectedText(expected: Expected): string {
  if (expected.answers.length === 0) return 'healthy'
  return expected.answers.map(({ object, field }) => placeText(objectText({ apiVersion: '', ...object }), field)).join(' or ')
}

export function foundText({ result, error }: Outcome): string {
  if (!result) return `could not be looked at: ${error}`
  const cause = result.rootCause
  if (cause) return `${placeText(objectText(cause.object), cause.field)} (${cause.confidence.toFixed(2)})`
  return nothingText(result)
}

const nothingText = ({ healthy, problems }: Result): string =>
  healthy ? 'healthy' : problems.length === 0 ? 'nothing' : `no root cause among ${problems.length} problems`

/** `11 (92 %)`. */
export const share = (part: number, of: number): string => (of === 0 ? '-' : `${part} (${Math.round((part / of) * 100)} %)`)
