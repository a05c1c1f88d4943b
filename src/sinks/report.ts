import { objectText, type Cause, type Evidence, type Finding, type Result, type Usage } from '#kinds/result'
import { formatDuration } from '#kit/duration'

/** What the reports for people have in common: what they pick from a result, and how they say it. */

const MAX_PROOF = 6
const MAX_PROBLEMS = 8
const MAX_LINES = 10
const MAX_TEXT = 1_500

/** How it ended, in one word: `cause` was found, `healthy`, or `unknown`. */
export const verdictOf = (result: Result): 'cause' | 'healthy' | 'unknown' =>
  result.rootCause ? 'cause' : result.healthy ? 'healthy' : 'unknown'

/**
 * The proof of a cause: evidence of the findings it cites, then of those it explains, each text once; without a cause, of
 * all findings, the gravest first. `more` is how much was left out.
 */
export function proofOf(result: Result): { shown: Evidence[]; more: number } {
  const cause = result.rootCause
  const ids = cause ? [...cause.cites, ...cause.explains] : bySeverity(result.findings).map(({ id }) => id)
  // A model may cite a single piece of evidence; the diagnosis cites findings.
  const all = ids.flatMap((id) =>
    result.findings.flatMap((finding) => (finding.id === id ? finding.evidence : finding.evidence.filter((one) => one.id === id))),
  )
  const shown: Evidence[] = []
  for (const evidence of all) {
    if (!shown.some(({ id, text }) => id === evidence.id || text.includes(evidence.text))) shown.push(evidence)
  }
  return { shown: shown.slice(0, MAX_PROOF), more: Math.max(0, shown.length - MAX_PROOF) }
}

/** Independent problems beside the root cause, and how many more there are. */
export function otherProblems(result: Result): { shown: Cause[]; more: number } {
  const others = result.problems.filter(
    ({ id }) => id !== result.rootCause?.id && !result.alternatives.some((alternative) => alternative.id === id),
  )
  return { shown: others.slice(0, MAX_PROBLEMS), more: Math.max(0, others.length - MAX_PROBLEMS) }
}

/** `96 %`. */
export const percent = (confidence: number): string => `${Math.round(confidence * 100)} %`

/** `bad-argument`, or who said it. */
export const saidBy = (cause: Cause): string => (cause.by === 'model' ? 'by the model' : (cause.rule ?? 'by the diagnosis'))

/** `explains Service shop/web`, when the cause lies elsewhere than where one looked. */
export const explainedTarget = ({ target, rootCause }: Result): string[] =>
  target && rootCause && objectText(target) !== objectText(rootCause.object) ? [`explains ${objectText(target)}`] : []

/** Findings, the gravest first, for a report that has no cause to tell. */
export const seenWithoutCause = (result: Result): Finding[] =>
  result.rootCause || result.healthy ? [] : bySeverity(result.findings.filter(({ severity }) => severity !== 'info')).slice(0, MAX_PROBLEMS)

const RANK = { critical: 0, warning: 1, info: 2 } as const
const bySeverity = (findings: readonly Finding[]): Finding[] => findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity])

/** `low risk, needs approval`; empty for what only looks. */
export const riskText = ({ risk, needsApproval }: { risk: string; needsApproval: boolean }): string =>
  [risk === 'none' ? '' : `${risk} risk`, needsApproval ? 'needs approval' : ''].filter(Boolean).join(', ')

/** Models are named `provider/name`; `scripted` only plays a file. */
const isScripted = (model: string): boolean => model.startsWith('scripted/')
const onlyScripted = ({ byModel }: Usage): boolean => Object.keys(byModel).length > 0 && Object.keys(byModel).every(isScripted)

/** Over what models say they found beyond the diagnosis. */
export const addedTitle = ({ usage }: Result): string =>
  onlyScripted(usage) ? 'Added by a scripted conversation (no model was asked)' : 'Added by the model'

/** `anthropic/claude-sonnet-5: 4 model calls, 9 tool calls, 31.2k tokens, $0.0421 · 38s`. */
export function costText(usage: Usage): string {
  const took = usage.durationSeconds < 10 ? `${usage.durationSeconds.toFixed(1)}s` : formatDuration(usage.durationSeconds * 1_000)
  const models = Object.keys(usage.byModel)
  const tools = count(usage.toolCalls, 'tool call')
  if (usage.modelCalls === 0) return `No model was asked · ${took}`
  if (onlyScripted(usage)) return `No model was asked: a scripted conversation was played (${models.join(', ')}), ${tools} · ${took}`
  const tokens = usage.inputTokens + usage.outputTokens
  const spent = [
    count(usage.modelCalls, 'model call'),
    tools,
    `${tokens < 1_000 ? tokens : `${(tokens / 1_000).toFixed(1)}k`} tokens`,
    usage.costUSD === null ? 'cost not known' : `$${usage.costUSD.toFixed(4)}`,
  ]
  return `${models.length > 0 ? `${models.join(', ')}: ` : ''}${spent.join(', ')} · ${took}`
}

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

/** Text from a cluster, as it may be shown: no control characters (a log line could repaint the terminal), no endless lines. */
export function clean(text: string): string {
  const plain = text.replace(/\p{Cc}\[[0-9;?]*[A-Za-z]/gu, '').replace(/(?![\n\t])\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/gu, '')
  const lines = plain.replaceAll('\t', '  ').trim().split('\n')
  const kept = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} more lines`] : lines
  const joined = kept.join('\n')
  return joined.length > MAX_TEXT ? `${joined.slice(0, MAX_TEXT)}…` : joined
}

/** The same in one line. */
export const cleanLine = (text: string): string => clean(text).replace(/\s*\n\s*/g, ' ')
