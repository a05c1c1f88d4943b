import { styleText } from 'node:util'
import { objectText, type Cause, type Evidence, type Recommendation, type Result } from '#kinds/result'
import {
  addedTitle,
  clean,
  cleanLine,
  costText,
  explainedTarget,
  otherProblems,
  percent,
  proofOf,
  riskText,
  saidBy,
  seenWithoutCause,
  verdictOf,
} from './report.ts'

type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
type Colours = Readonly<Record<Colour, (text: string) => string>>

function colours(wanted: boolean): Colours {
  const one = (colour: Colour) => (text: string) => (wanted ? styleText(colour, text, { validateStream: false }) : text)
  return { bold: one('bold'), dim: one('dim'), red: one('red'), green: one('green'), yellow: one('yellow'), cyan: one('cyan') }
}

/**
 * The report for a terminal, at 3 in the morning: the verdict first, then where, the proof, what to do. Prose is wrapped;
 * commands never are, since they are copied.
 */
export function renderText(result: Result, options: { colour: boolean; columns: number }): string {
  const c = colours(options.colour)
  const width = Math.max(40, options.columns)
  const { shown: problems, more } = otherProblems(result)
  const blocks = [
    verdict(result, c, width),
    section(addedTitle(result), result.added ? wrap(cleanLine(result.added), width, '  ') : '', c),
    section(
      'Seen',
      seenWithoutCause(result)
        .map((finding) =>
          bullet(
            finding.severity === 'critical' ? c.red('✗') : c.yellow('!'),
            `${objectText(finding.object)}: ${cleanLine(finding.summary)}`,
            width,
          ),
        )
        .join('\n'),
      c,
    ),
    section('Proof', proof(result, c, width), c),
    section(
      'What to do',
      result.recommendations
        .slice(0, 5)
        .map((one, i) => recommendation(one, i + 1, c, width))
        .join('\n'),
      c,
    ),
    section(
      'Done',
      result.actionsTaken.map(({ command, approvedBy, outcome }) => action(command, approvedBy, outcome, c, width)).join('\n'),
      c,
    ),
    section('Also possible', result.alternatives.map((cause) => other(cause, c, width)).join('\n'), c),
    section(
      'Other problems',
      [...problems.map((cause) => other(cause, c, width)), ...(more > 0 ? [`  … and ${more} more`] : [])].join('\n'),
      c,
    ),
    section('Could not be seen', result.incomplete.map((reason) => bullet(c.yellow('!'), cleanLine(reason), width)).join('\n'), c),
    c.dim(costText(result.usage)),
  ]
  return `${blocks.filter(Boolean).join('\n\n')}\n`
}

function verdict(result: Result, c: Colours, width: number): string {
  const what = result.target ? objectText(result.target) : 'what was looked at'
  const kind = verdictOf(result)
  if (kind === 'healthy') return `${c.green('✓')} ${c.bold('Healthy')}: nothing explains a fault of ${what}.`
  if (kind === 'unknown') return `${c.yellow('?')} ${c.bold('No root cause found')} for ${what}.`
  const cause = result.rootCause!
  const mark = cause.confidence < 0.5 ? c.yellow('?') : c.red('✗')
  const about = [`${percent(cause.confidence)} sure`, saidBy(cause), ...explainedTarget(result)].join(', ')
  const object = objectText(cause.object)
  const fits = object.length + about.length + 4 <= width
  const title = `${mark} ${c.bold(object)}${fits ? `  ${c.dim(about)}` : `\n${c.dim(wrap(about, width, '  '))}`}`
  return [
    title,
    wrap(cleanLine(cause.summary), width, '  '),
    ...(cause.field ? [`  ${c.dim('at')} ${c.cyan(cleanLine(cause.field))}`] : []),
  ].join('\n')
}

const section = (title: string, body: string, c: Colours): string => (body ? `${c.bold(title)}\n${body}` : '')

function proof(result: Result, c: Colours, width: number): string {
  const { shown, more } = proofOf(result)
  const lines = shown.map((evidence) => evidenceText(evidence, c, width))
  return [...lines, ...(more > 0 ? [c.dim(`  … and ${more} more`)] : [])].join('\n')
}

/** `log     shop/web-1/web#previous`, and what it says below. */
function evidenceText({ source, ref, text }: Evidence, c: Colours, width: number): string {
  const head = `  ${source.padEnd(7)} ${c.dim(cleanLine(ref.startsWith(`${source}/`) ? ref.slice(source.length + 1) : ref))}`
  const body = clean(text)
    .split('\n')
    .map((line) => wrap(line, width, ' '.repeat(10)))
  return [head, ...body].join('\n')
}

function recommendation({ action, why, command, ...rest }: Recommendation, n: number, c: Colours, width: number): string {
  const risk = riskText(rest)
  const head = wrap(`${n}. ${cleanLine(action)}${risk ? ` (${risk})` : ''}`, width, '  ', '     ')
  const reason = why ? [c.dim(wrap(cleanLine(why), width, '     '))] : []
  const run = command === null ? [] : [`     ${c.cyan(`$ ${cleanLine(command)}`)}`]
  return [head, ...reason, ...run].join('\n')
}

const action = (command: string, approvedBy: string | null, outcome: string, c: Colours, width: number): string =>
  [
    `  ${c.cyan(`$ ${cleanLine(command)}`)}`,
    wrap(`${cleanLine(outcome)}${approvedBy === null ? '' : ` (approved by ${cleanLine(approvedBy)})`}`, width, '     '),
  ].join('\n')

const other = (cause: Cause, c: Colours, width: number): string =>
  bullet(c.dim(percent(cause.confidence).padStart(5)), `${objectText(cause.object)}: ${cleanLine(cause.summary)}`, width, 8)

const bullet = (mark: string, text: string, width: number, indent = 4): string =>
  `  ${mark} ${wrap(text, width, ' '.repeat(indent)).trimStart()}`

/** Words in lines of `width`, each begun by `indent` (the first by `first`); a word that is longer stands alone. */
function wrap(text: string, width: number, first: string, indent: string = first): string {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line].join('\n')
}
