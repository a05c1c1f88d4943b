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

/**
 * The report as Markdown, for chat, tickets and pull requests. Texts from a cluster stand in code, or with links and HTML
 * taken apart: a log line must not become a picture that calls home.
 */
export function renderMarkdown(result: Result): string {
  const { shown: problems, more } = otherProblems(result)
  const { shown: proof, more: moreProof } = proofOf(result)
  const blocks = [
    verdict(result),
    section(addedTitle(result), result.added ? [prose(result.added)] : []),
    section(
      'Seen',
      seenWithoutCause(result).map(({ severity, object, summary }) => `- ${severity} ${code(objectText(object))}: ${prose(summary)}`),
    ),
    section('Proof', [...proof.map(evidence), ...(moreProof > 0 ? [`- … and ${moreProof} more`] : [])]),
    section('What to do', result.recommendations.slice(0, 5).map(recommendation)),
    section(
      'Done',
      result.actionsTaken.map(
        ({ command, approvedBy, outcome }) =>
          `- ${code(command)}: ${prose(outcome)}${approvedBy === null ? '' : ` (approved by ${prose(approvedBy)})`}`,
      ),
    ),
    section('Also possible', result.alternatives.map(other)),
    section('Other problems', [...problems.map(other), ...(more > 0 ? [`- … and ${more} more`] : [])]),
    section(
      'Could not be seen',
      result.incomplete.map((reason) => `- ${prose(reason)}`),
    ),
    `_${costText(result.usage)}_`,
  ]
  return `${blocks.filter(Boolean).join('\n\n')}\n`
}

function verdict(result: Result): string {
  const what = result.target ? code(objectText(result.target)) : 'what was looked at'
  const kind = verdictOf(result)
  if (kind === 'healthy') return `**Healthy**: nothing explains a fault of ${what}.`
  if (kind === 'unknown') return `**No root cause found** for ${what}.`
  const cause = result.rootCause!
  const where = [code(objectText(cause.object)), ...(cause.field ? [code(cause.field)] : [])].join(' at ')
  const about = [`${percent(cause.confidence)} sure`, saidBy(cause), ...explainedTarget(result)].join(', ')
  return `**Root cause** (${prose(about)}): ${prose(cause.summary)}\n\n${where}`
}

const section = (title: string, items: readonly string[]): string => (items.length > 0 ? `**${title}**\n\n${items.join('\n')}` : '')

function evidence({ source, ref, text }: Evidence): string {
  const where = `- ${source} ${code(ref.startsWith(`${source}/`) ? ref.slice(source.length + 1) : ref)}`
  const said = clean(text)
  return said.includes('\n') ? `${where}:\n${fence(said, '  ')}` : `${where}: ${code(said)}`
}

function recommendation({ action, why, command, ...rest }: Recommendation, i: number): string {
  const risk = riskText(rest)
  const head = `${i + 1}. ${prose(action)}${risk ? ` (${risk})` : ''}${why ? `: ${prose(why)}` : ''}`
  return command === null ? head : `${head}\n${fence(cleanLine(command), '   ', 'sh')}`
}

const other = (cause: Cause): string => `- ${percent(cause.confidence)} ${code(objectText(cause.object))}: ${prose(cause.summary)}`

/** In the middle of a sentence: no HTML, no links, no pictures. Names with _ and * stay readable. */
const prose = (text: string): string =>
  cleanLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('](', ']\\(').replaceAll('![', '!\\[')

/** A code span whose ticks outnumber those inside. */
function code(text: string): string {
  const line = cleanLine(text)
  const ticks = '`'.repeat(longestRun(line) + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${ticks}${pad}${line}${pad}${ticks}`
}

function fence(text: string, indent: string, language = ''): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return [`${ticks}${language}`, ...text.split('\n'), ticks].map((line) => `${indent}${line}`).join('\n')
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
