import { objectText, type Result, type Usage } from '#kinds/result'
import type { Expected } from './expected.ts'
import type { ModelScore } from './model-score.ts'
import type { Outcome } from './outcome.ts'

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

/** `92 %`. Only all of them are 100 %. */
export const percent = (part: number, of: number): string =>
  of === 0 ? '-' : `${part < of ? Math.min(99, Math.round((part / of) * 100)) : 100} %`

/** `11 (92 %)`. */
export const share = (part: number, of: number): string => (of === 0 ? '-' : `${part} (${percent(part, of)})`)

/** `31.2k`: input and output together. */
export function tokensText({ inputTokens, outputTokens }: Pick<Usage, 'inputTokens' | 'outputTokens'>): string {
  const tokens = inputTokens + outputTokens
  if (tokens < 1_000) return String(tokens)
  return tokens < 1e6 ? `${(tokens / 1_000).toFixed(1)}k` : `${(tokens / 1e6).toFixed(2)}M`
}

/** `$0.0421`, and cents once it is more; `?` when a price is not known. */
export const costText = ({ costUSD }: Pick<Usage, 'costUSD'>): string =>
  costUSD === null ? '?' : costUSD === 0 ? '$0' : `$${costUSD.toFixed(costUSD < 1 ? 4 : 2)}`

const MAX_NAMES = 10
const list = (names: readonly string[]): string =>
  names.slice(0, MAX_NAMES).join(', ') + (names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '')
const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

/** What a model brought and cost, in sentences of a line each. */
export function modelLines({ asked, rightUnaided, mended, spoiled, failed, usage }: ModelScore, judged: number): string[] {
  const cost =
    usage.costUSD === null
      ? 'at a price that is not known'
      : `for ${costText(usage)} (${costText({ costUSD: usage.costUSD / asked })} a case)`
  const spent = `${counted(usage.modelCalls, 'call')}, ${counted(usage.toolCalls, 'tool call')}, ${tokensText(usage)} tokens ${cost}`
  return [
    `${Object.keys(usage.byModel).join(', ') || 'The model'}: ${spent}.`,
    `Without it ${share(rightUnaided, judged)} are right first. It mended ${mended.length}${mended.length > 0 ? ` (${list(mended)})` : ''} and spoiled ${spoiled.length}${spoiled.length > 0 ? ` (${list(spoiled)})` : ''}.`,
    ...(failed.length > 0
      ? [
          `It did not conclude in ${failed.length} of ${asked}, where the diagnosis' own answer stands: ${failed[0]!.case}: ${failed[0]!.why}`,
        ]
      : []),
  ]
}
