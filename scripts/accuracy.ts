import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { findCases } from '../src/cli/eval/cases.ts'
import { outcomeOf, type Outcome } from '../src/cli/eval/outcome.ts'
import { runCases } from '../src/cli/eval/pool.ts'
import { misses, summarize, type Score } from '../src/cli/eval/summary.ts'
import { expectedText, foundText, share } from '../src/cli/eval/words.ts'

/** `npm run accuracy`: judges every scenario from its bundle and writes the figures into docs/accuracy.md. */
const root = join(import.meta.dirname, '..')
const FILE = join(root, 'docs/accuracy.md')
const [BEGIN, END] = ['<!-- written by `npm run accuracy`: begin -->', '<!-- end -->']

const { cases } = await findCases(join(root, 'scenarios'))
const outcomes: Outcome[] = []
await runCases(cases, {
  width: availableParallelism(),
  signal: new AbortController().signal,
  onStart: () => {},
  onEnd: (index, answer) => {
    outcomes[index] = outcomeOf(cases[index]!, answer, 0)
  },
})

const { overall, families, calibration } = summarize(outcomes)
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
const cell = (text: string): string => text.replaceAll('|', '\\|')
const scoreRow = (name: string, score: Score): string =>
  row([
    name,
    score.cases,
    share(score.right, score.judged),
    share(score.inThree, score.judged),
    score.healthy ? `${score.falseCauses} of ${score.healthy}` : '',
  ])
const bad = misses(outcomes)
const compound = outcomes.filter((one) => one.case.expected?.compound)
const text = [
  row(['family', 'cases', 'right first', 'right in three', 'false causes']),
  row(['---', '---', '---', '---', '---']),
  ...families.map((score) => scoreRow(score.family, score)),
  scoreRow('**all**', overall),
  '',
  `Of them compound (the cause lies two or more hops from the alert): ${compound.length}, right first ${share(compound.filter(({ verdict }) => verdict === 'right').length, compound.length)}.`,
  '',
  row(['confidence', 'causes', 'right', 'mean confidence']),
  row(['---', '---', '---', '---']),
  ...calibration.bins.map((bin) =>
    row([`${bin.from} to ${bin.to}`, bin.claims, share(bin.right, bin.claims), bin.meanConfidence.toFixed(2)]),
  ),
  '',
  '### Not right',
  '',
  ...(bad.length === 0
    ? ['None.']
    : [
        row(['scenario', 'verdict', 'expected', 'found']),
        row(['---', '---', '---', '---']),
        ...bad.map((one) => row([one.case.name, one.verdict, cell(expectedText(one.case.expected!)), cell(foundText(one))])),
      ]),
].join('\n')

const page = readFileSync(FILE, 'utf8')
const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
if (begin < 0 || end < begin) throw new Error(`docs/accuracy.md has lost its marks ${BEGIN} … ${END}`)
writeFileSync(FILE, `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`)
console.log(`docs/accuracy.md: ${overall.right} of ${overall.judged} right first, ${bad.length} not right`)
