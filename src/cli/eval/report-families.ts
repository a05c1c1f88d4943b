import { html, raw, type Markup } from './html.ts'
import type { Verdict } from './judge.ts'
import type { Outcome } from './outcome.ts'
import { familyOf, type Score } from './summary.ts'
import { costText, share, tokensText } from './words.ts'

const VERDICTS: readonly Verdict[] = ['right', 'in-three', 'wrong', 'false-cause', 'unjudged']
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  right: 'right first',
  'in-three': 'right in three',
  wrong: 'wrong',
  'false-cause': 'false cause',
  unjudged: 'not judged',
}

/** Figures of a family; a narrow page shows only the first. */
const COLUMNS: readonly (readonly [head: string, figure: (score: Score) => string])[] = [
  ['right first', (score) => share(score.right, score.judged)],
  ['in three', (score) => share(score.inThree, score.judged)],
  ['cases', (score) => String(score.cases)],
  ['time', (score) => `${score.medianSeconds.toFixed(2)} s`],
]
const MODEL_COLUMNS: typeof COLUMNS = [
  ['without model', ({ model, judged }) => (model ? share(model.rightUnaided, judged) : '')],
  ['tokens', ({ model }) => (model ? tokensText(model.usage) : '')],
  ['cost', ({ model }) => (model ? costText(model.usage) : '')],
]

/** A bar a family, of how its cases were judged, with the figures beside it. */
export function familiesTable(families: readonly (Score & { family: string })[], outcomes: readonly Outcome[]): Markup {
  const columns = families.some(({ model }) => model) ? [...COLUMNS, ...MODEL_COLUMNS] : COLUMNS
  const seen = VERDICTS.filter((verdict) => outcomes.some((one) => one.verdict === verdict))
  return html`<p class="key">${seen.map((verdict) => html`<span><i class="${verdict}"></i>${VERDICT_WORDS[verdict]}</span>`)}</p>
    <table>
      <thead>
        <tr>
          <th>family</th>
          <th></th>
          ${columns.map(([head]) => html`<th class="number">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${families.map(
          (score) =>
            html`<tr>
              <td class="family">${score.family}</td>
              <td class="wide">${bar(outcomes.filter((one) => familyOf(one) === score.family))}</td>
              ${columns.map(([, figure], i) => html`<td class="number${i === 0 ? raw('') : raw(' extra')}">${figure(score)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`
}

function bar(outcomes: readonly Outcome[]): Markup {
  const parts = VERDICTS.flatMap((verdict) => {
    const n = outcomes.filter((one) => one.verdict === verdict).length
    const width = ((n / outcomes.length) * 100).toFixed(2)
    return n > 0 ? [html`<i class="${verdict}" style="width:${width}%" title="${n} ${VERDICT_WORDS[verdict]}"></i>`] : []
  })
  return html`<div class="bar">${parts}</div>`
}
