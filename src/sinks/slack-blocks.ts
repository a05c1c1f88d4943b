import { objectText, type Cause, type Evidence, type Recommendation, type Result } from '#kinds/result'
import {
  addedTitle,
  costText,
  explainedTarget,
  otherProblems,
  percent,
  proofOf,
  riskText,
  saidBy,
  seenWithoutCause,
  cleanLine,
  verdictOf,
} from './report.ts'
import { code, escape, fence, link, prose, template } from './slack-mrkdwn.ts'
import type { Message } from './sink-driver.ts'

/**
 * The report in Block Kit. Slack takes 50 blocks, 150 characters in a header, 3,000 in a section; and, undocumented, about 10,000 in all
 * blocks together (slackapi/bolt-js issues 2509 and 2867), so every topic has a share of 9,000.
 */
type Mrkdwn = { type: 'mrkdwn'; text: string; verbatim?: true }
export type Block =
  | { type: 'header'; text: { type: 'plain_text'; text: string } }
  | { type: 'section'; text: Mrkdwn }
  | { type: 'context'; elements: Mrkdwn[] }

export interface Content {
  blocks: Block[]
  /** For notifications and screen readers, and in place of blocks that Slack does not take. */
  text: string
}

const SHARE = { said: 2_900, seen: 900, proof: 2_300, todo: 1_900, minor: 500 }

/** The thread's first message: how the incident stands. It is edited in place. */
export function headOf(message: Message): Content {
  const { result, templated, text } = message
  const body = templated
    ? [template(text, SHARE.said)]
    : [...(message.state === 'completed' ? [] : [standing(message)]), ...(result ? report(result) : [])]
  const title = escapeless(`${sign(message)} ${message.title}`, 150)
  return {
    blocks: [{ type: 'header', text: { type: 'plain_text', text: title } }, ...body.filter(Boolean).map(section), footer(message)],
    text: inShort(message),
  }
}

/** A reply in the thread: what is new, since nobody is notified of an edit. */
export function replyOf(message: Message): Content {
  const { result, templated, state, text } = message
  const said =
    templated && state === 'update'
      ? template(text, SHARE.said)
      : [standing(message), ...(result && state !== 'resolved' ? [verdict(result)] : [])].join('\n')
  return { blocks: [section(said || standing(message))], text: inShort(message) }
}

/** In the title, where nothing is escaped: without the characters that would have to be. */
function escapeless(text: string, max: number): string {
  const plain = cleanLine(text).replace(/[<>]/g, (char) => (char === '<' ? '‹' : '›'))
  return plain.length > max ? `${plain.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : plain
}

function sign({ state, incident, result }: Message): string {
  if (incident.status === 'resolved') return '✅'
  if (state === 'failed') return '⚠️'
  if (state === 'update') return '🔎'
  return result?.rootCause ? '🔴' : '🟡'
}

function standing({ state, text, templated }: Message): string {
  if (state === 'resolved') return 'Resolved.'
  if (state === 'update') return 'Being investigated.'
  if (state === 'completed') return 'Investigated.'
  // The reason is in the first lines of the house's report only.
  return (!templated && template(text.split('\n\n', 1)[0]!, 1_000)) || 'The investigation failed.'
}

function inShort(message: Message): string {
  const { result, title, templated, text } = message
  const head = `${sign(message)} ${prose(title, 200)}`
  if (templated) return `${head}\n${template(text, SHARE.said)}`
  const todo = result?.recommendations.find(({ command }) => command !== null)?.command
  return [`${head}: ${standing(message)}`, ...(result ? [verdict(result)] : []), ...(todo ? [fence(cleanLine(todo), 600)] : [])].join('\n')
}

const section = (text: string): Block => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } })

function footer({ result, investigation, alert }: Message): Block {
  const parts = [
    ...(result ? [escape(costText(result.usage), 200)] : []),
    (investigation.link && link(investigation.link, 'Investigation')) || code(`${investigation.namespace}/${investigation.name}`, 300),
    link(alert?.annotations['runbook_url'] ?? '', 'Runbook'),
  ]
  return { type: 'context', elements: [{ type: 'mrkdwn', text: parts.filter(Boolean).join(' · '), verbatim: true }] }
}

function report(result: Result): string[] {
  const { shown: proof, more } = proofOf(result)
  const { shown: problems, more: moreProblems } = otherProblems(result)
  const seen = seenWithoutCause(result).map(
    ({ severity, object, summary }) => `• ${severity} ${code(objectText(object), 120)}: ${prose(summary, 250)}`,
  )
  const done = result.actionsTaken.map(({ command, outcome }) => `• ${code(command, 200)}: ${prose(outcome, 200)}`)
  return [
    verdict(result),
    topic(addedTitle(result), result.added ? [prose(result.added, 400)] : [], SHARE.minor),
    topic('Seen', seen, SHARE.seen),
    topic('Proof', proof.map(evidence), SHARE.proof, more),
    topic('What to do', result.recommendations.map(recommendation), SHARE.todo),
    topic('Done', done, SHARE.minor),
    topic('Also possible', result.alternatives.map(other), SHARE.minor),
    topic('Other problems', problems.map(other), SHARE.minor, moreProblems),
    topic(
      'Could not be seen',
      result.incomplete.map((reason) => `• ${prose(reason, 200)}`),
      SHARE.minor,
    ),
  ]
}

function verdict(result: Result): string {
  const kind = verdictOf(result)
  const what = result.target ? code(objectText(result.target), 200) : 'what was looked at'
  if (kind === 'healthy') return `*Healthy*: nothing explains a fault of ${what}.`
  if (kind === 'unknown') return `*No root cause found* for ${what}.`
  const cause = result.rootCause!
  const about = [`${percent(cause.confidence)} sure`, saidBy(cause), ...explainedTarget(result)].join(', ')
  const where = [code(objectText(cause.object), 200), ...(cause.field ? [code(cause.field, 250)] : [])].join(' at ')
  return `*Root cause* (${prose(about, 250)}): ${prose(cause.summary, 700)}\n${where}`
}

function evidence({ source, ref, text }: Evidence): string {
  const where = `• ${source} ${code(ref.startsWith(`${source}/`) ? ref.slice(source.length + 1) : ref, 150)}`
  return text.trim().includes('\n') ? `${where}\n${fence(text, 500)}` : `${where}: ${code(text, 400)}`
}

function recommendation({ action, why, command, ...rest }: Recommendation, i: number): string {
  const risk = riskText(rest)
  const head = `${i + 1}. ${prose(action, 300)}${risk ? ` (${risk})` : ''}${why ? `: ${prose(why, 300)}` : ''}`
  return command === null ? head : `${head}\n${fence(cleanLine(command), 800)}`
}

const other = (cause: Cause): string =>
  `• ${percent(cause.confidence)} ${code(objectText(cause.object), 120)}: ${prose(cause.summary, 200)}`

/** A title and as many items as its share allows; every item alone fits into it. */
function topic(title: string, items: readonly string[], share: number, more = 0): string {
  if (items.length === 0) return ''
  let text = `*${title}*`
  let shown = 0
  for (const item of items) {
    if (text.length + item.length > share - 20) break
    text += `\n${item}`
    shown++
  }
  const left = items.length - shown + more
  return left > 0 ? `${text}\n… and ${left} more` : text
}
