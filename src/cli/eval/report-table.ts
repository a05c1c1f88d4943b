import type { Colour } from '../progress.ts'
import { shorten, table } from '../table.ts'
import type { Calibration } from './calibration.ts'
import type { Outcome } from './outcome.ts'
import { misses, type Score, type Summary } from './summary.ts'
import { costText, expectedText, foundText, modelLines, share, tokensText } from './words.ts'

/** The report for a terminal: the families, then how sure it was, then every case that is not right. */
export function tableReport(outcomes: readonly Outcome[], summary: Summary, options: { colour: Colour; columns: number }): string {
  const { bold } = options.colour
  const { model, judged } = summary.overall
  const rows = [...summary.families.map((score) => [score.family, ...cells(score)]), ['overall', ...cells(summary.overall)]]
  const heads = ['FAMILY', 'CASES', 'RIGHT FIRST', 'RIGHT IN THREE', 'FALSE CAUSES', 'SECONDS']
  const blocks = [
    table(model ? [...heads, 'WITHOUT MODEL', 'TOKENS', 'COST'] : heads, rows),
    ...(model ? [`${modelLines(model, judged).join('\n')}\n`] : []),
    sureText(summary.calibration),
  ]
  const bad = misses(outcomes)
  const width = Math.max(60, options.columns - 12)
  for (const one of bad) {
    const lines = [`${bold(one.case.name)}: ${one.verdict}`, `   expected   ${shorten(expectedText(one.case.expected!), width)}`]
    blocks.push([...lines, `   found      ${shorten(foundText(one), width)}`, ''].join('\n'))
  }
  for (const one of outcomes.filter(({ error, verdict }) => error !== null && verdict === 'unjudged'))
    blocks.push(`${bold(one.case.name)}: ${foundText(one)}\n`)
  return blocks.filter((block) => block !== '').join('\n')
}

const cells = (score: Score): string[] => [
  String(score.cases),
  share(score.right, score.judged),
  share(score.inThree, score.judged),
  score.healthy === 0 ? '-' : `${score.falseCauses} of ${score.healthy}`,
  score.medianSeconds.toFixed(2),
  ...(score.model ? [share(score.model.rightUnaided, score.judged), tokensText(score.model.usage), costText(score.model.usage)] : []),
]

function sureText({ claims, sure, error }: Calibration): string {
  if (claims === 0) return ''
  const share =
    sure.claims === 0 ? 'No cause was given with 0.9 or more' : `Of ${sure.claims} causes given with 0.9 or more, ${sure.right} are right`
  return `${share}; confidence and truth lie ${error.toFixed(2)} apart.\n`
}
