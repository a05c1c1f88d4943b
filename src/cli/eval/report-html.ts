import { renderText } from '#sinks'
import { html, raw, type Markup } from './html.ts'
import { familiesTable, VERDICT_WORDS } from './report-families.ts'
import { reliabilityPlot } from './report-plot.ts'
import { STYLE } from './report-style.ts'
import type { Outcome } from './outcome.ts'
import { misses, type Summary } from './summary.ts'
import type { ModelScore } from './model-score.ts'
import { costText, expectedText, foundText, modelLines, percent, tokensText } from './words.ts'

/** The report as one page that needs nothing else: no script, no file beside it, nothing from the network. */
export function htmlReport(outcomes: readonly Outcome[], summary: Summary, about: { title: string; seconds: number }): string {
  const { overall, families, calibration } = summary
  const { model } = overall
  const bad = misses(outcomes)
  const rest = outcomes.filter((one) => !bad.includes(one))
  const { sure } = calibration
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Inquest: ${about.title}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>How often the root cause is right</h1>
        <p class="soft">
          ${overall.cases} recorded cases of ${about.title}, looked at in ${about.seconds.toFixed(1)} s; ${overall.judged} of them judged by
          the object and the field to change.
        </p>
        <div class="tiles">
          ${tile(percent(overall.right, overall.judged), `right first: ${overall.right} of ${overall.judged}`)}
          ${tile(percent(overall.inThree, overall.judged), 'right among the first three')}
          ${tile(`${overall.falseCauses} of ${overall.healthy}`, 'false causes where nothing is broken')}
          ${tile(`${sure.right} of ${sure.claims}`, 'right, when 0.9 or surer')}
          ${tile(`${overall.medianSeconds.toFixed(2)} s`, 'a case, median')} ${model ? modelTiles(model, overall.judged) : []}
        </div>
        ${model ? modelLines(model, overall.judged).map((line) => html`<p class="soft">${line}</p>`) : []}
        <div class="sides${model ? ' stacked' : ''}">
          <section>
            <h2>By family</h2>
            ${familiesTable(families, outcomes)}
          </section>
          <section>
            <h2>How sure it was</h2>
            ${reliabilityPlot(calibration)}
            <p class="soft">Confidence and truth lie ${calibration.error.toFixed(2)} apart, over ${calibration.claims} causes.</p>
          </section>
        </div>
        <h2>Every case${bad.length > 0 ? `, first what is not right (${bad.length})` : ''}</h2>
        ${[...bad, ...rest].map(caseRow)}
      </body>
    </html> `.html
}

const tile = (figure: string, what: string): Markup => html`<div class="tile"><b>${figure}</b><span>${what}</span></div>`

/** What the model brought, beside what it cost. */
const modelTiles = ({ rightUnaided, usage }: ModelScore, judged: number): Markup[] => [
  tile(percent(rightUnaided, judged), 'right first without the model'),
  tile(tokensText(usage), 'tokens'),
  tile(costText(usage), 'for all cases'),
]

function caseRow(one: Outcome): Markup {
  const { expected } = one.case
  const wanted = expected && one.verdict !== 'right' ? html`<small>expected ${expectedText(expected)}</small>` : raw('')
  const other =
    one.model && one.model.unaided !== one.verdict ? html`<small>without the model: ${VERDICT_WORDS[one.model.unaided]}</small>` : raw('')
  const told = one.result ? renderText(one.result, { colour: false, columns: 110 }) : (one.error ?? '')
  return html`<details>
    <summary>
      <span class="verdict ${one.verdict}">${VERDICT_WORDS[one.verdict]}</span><span class="name">${one.case.name}</span>
      <span class="said">${foundText(one)}${wanted}${other}</span><span class="time">${one.seconds.toFixed(2)} s</span>
    </summary>
    <pre>${told}</pre>
  </details> `
}
