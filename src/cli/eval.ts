import { availableParallelism } from 'node:os'
import { InputError } from '#kit/errors'
import type { Io } from './io.ts'
import { findCases, type Case } from './eval/cases.ts'
import { runCases } from './eval/pool.ts'
import { htmlReport } from './eval/report-html.ts'
import { tableReport } from './eval/report-table.ts'
import { outcomeOf, type Outcome } from './eval/outcome.ts'
import type { Asking } from './eval/run-case.ts'
import { misses, summarize } from './eval/summary.ts'
import { costText, tokensText } from './eval/words.ts'
import { modelOf, type AskOptions } from './model-config.ts'
import { colours, createProgress } from './progress.ts'
import { systemClock } from '#kit/clock'
import { sumUsage } from '#kinds/result'

export interface EvalOptions extends AskOptions {
  concurrency?: string
  output: string
}

/**
 * `inquest eval`: looks at every recorded case of a folder, judges the answers where somebody says what is right, and counts. With a model each
 * diagnosis goes through the agent, too, and its answer is what is judged.
 */
export async function evaluate(dir: string, options: EvalOptions, io: Io): Promise<void> {
  const width = widthOf(options.concurrency)
  const asking = await askingOf(options, io)
  const { cases, withoutBundle } = await findCases(dir)
  const began = systemClock.now().getTime()
  const outcomes = await lookAtAll(
    cases,
    { width, asking },
    io,
    options.output === 'jsonl' ? (outcome) => io.out(`${JSON.stringify(lineOf(outcome))}\n`) : () => {},
  )
  const seconds = Math.round(systemClock.now().getTime() - began) / 1_000
  const summary = summarize(outcomes)
  if (options.output === 'json') io.out(`${JSON.stringify({ cases: outcomes.map(lineOf), summary, seconds }, null, 2)}\n`)
  else if (options.output === 'html') io.out(htmlReport(outcomes, summary, { title: dir, seconds }))
  else if (options.output === 'table') {
    io.out(tableReport(outcomes, summary, { colour: colours(io.outIsTerminal), columns: io.columns }))
    io.err(`${cases.length} cases in ${seconds.toFixed(1)} s\n`)
  }
  if (withoutBundle.length > 0) io.err(`Left out, since they hold an expected.yaml and no bundle: ${withoutBundle.join(', ')}\n`)
}

const lineOf = ({ case: { name, expected }, seconds, verdict, result, error, model }: Outcome): object => ({
  case: name,
  seconds,
  expected: expected?.said ?? null,
  verdict,
  result,
  ...(model ? { withoutModel: model.unaided, ...(model.failure === null ? {} : { notConcluded: model.failure }) } : {}),
  ...(error === null ? {} : { error }),
})

/** null: no model is asked. A key that is missing is told before the first case. */
async function askingOf(config: EvalOptions, io: Io): Promise<Asking | null> {
  const model = await modelOf(config, io.env)
  const runbook = config.runbook ? await (await import('./runbook.ts')).chooseRunbook(config.runbook) : null
  return model && { model, config, runbook, goal: config.goal, env: { ...io.env } }
}

function widthOf(text: string | undefined): number {
  if (text === undefined) return Math.min(8, availableParallelism())
  const width = Number(text)
  if (Number.isInteger(width) && width >= 1 && width <= 64) return width
  throw new InputError(`"${text}" is not a number of cases`, { field: '--concurrency', remedy: 'Give a whole number from 1 to 64.' })
}

/** Outcomes in the cases' order; `onNext` is told each as soon as all before it are done. */
async function lookAtAll(
  cases: readonly Case[],
  how: { width: number; asking: Asking | null },
  io: Io,
  onNext: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const started = new Map<number, number>()
  const progress = createProgress(io)
  const done: Outcome[] = []
  let told = 0
  try {
    await runCases(cases, {
      ...how,
      signal: io.signal,
      onStart: (index) => {
        started.set(index, systemClock.now().getTime())
        progress.status(barText(done, cases.length, cases[index]!.name))
      },
      onEnd: (index, answer) => {
        const took = Math.round(systemClock.now().getTime() - started.get(index)!) / 1_000
        const one = cases[index]!
        const outcome = outcomeOf(one, answer, took)
        outcomes[index] = outcome
        done.push(outcome)
        if (!io.errIsTerminal) progress.line(lineText(outcome, done.length, cases.length))
        progress.status(barText(done, cases.length, one.name))
        while (outcomes[told]) onNext(outcomes[told++]!)
      },
    })
  } finally {
    progress.done()
  }
  return outcomes
}

const lineText = ({ case: { name }, verdict, seconds, error }: Outcome, at: number, of: number): string =>
  `${String(at).padStart(String(of).length)}/${of} ${verdict.padEnd(11)} ${name} ${seconds.toFixed(2)} s${error === null ? '' : ` (${error})`}`

const BAR = 24

function barText(done: readonly Outcome[], of: number, name: string): string {
  const filled = Math.round((done.length / of) * BAR)
  const bad = misses(done).length
  return `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${done.length}/${of}${bad > 0 ? `, ${bad} not right` : ''}${spentText(done)}  ${name}`
}

/** What models have cost so far, so that a person can end it in time. */
function spentText(done: readonly Outcome[]): string {
  const usages = done.flatMap(({ model, result }) => (model && result ? [result.usage] : []))
  if (usages.length === 0) return ''
  const spent = sumUsage(usages, 0)
  return `, ${tokensText(spent)} tokens, ${costText(spent)}`
}
