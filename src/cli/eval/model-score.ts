import { sumUsage, type Usage } from '#kinds/result'
import type { Outcome } from './outcome.ts'

/** What asking a model brought to a group of cases, and what it cost. */
export interface ModelScore {
  /** Cases in which it was asked. */
  asked: number
  /** Right first without it. */
  rightUnaided: number
  /** Cases that only its answer made right. */
  mended: string[]
  /** Cases that were right without it, and are not with it. */
  spoiled: string[]
  /** It did not conclude, and the diagnosis' own answer stood. */
  failed: { case: string; why: string }[]
  /** Of all cases together; `durationSeconds` is their sum. */
  usage: Usage
}

/** null: no model was asked. */
export function modelScoreOf(outcomes: readonly Outcome[]): ModelScore | null {
  const asked = outcomes.flatMap(({ model, result, ...one }) => (model && result ? [{ ...one, model, result }] : []))
  if (asked.length === 0) return null
  const judged = asked.filter(({ verdict }) => verdict !== 'unjudged')
  const named = (those: readonly { case: Outcome['case'] }[]): string[] => those.map((one) => one.case.name)
  const usages = asked.map(({ result }) => result.usage)
  return {
    asked: asked.length,
    rightUnaided: judged.filter(({ model }) => model.unaided === 'right').length,
    mended: named(judged.filter(({ model, verdict }) => verdict === 'right' && model.unaided !== 'right')),
    spoiled: named(judged.filter(({ model, verdict }) => verdict !== 'right' && model.unaided === 'right')),
    failed: asked.flatMap(({ case: { name }, model }) => (model.failure === null ? [] : [{ case: name, why: model.failure }])),
    usage: sumUsage(usages, Math.round(usages.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0) * 1_000) / 1_000),
  }
}
