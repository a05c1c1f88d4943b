import { objectText, type Cause, type Diagnosis, type Finding } from '#kinds/result'
import { redact } from '#kit/redact'
import { middleOut } from '../conversation.ts'
import { shorten } from '../events.ts'
import type { ToolSet } from '../tool.ts'
import type { Fence } from './fence.ts'

/** What the model starts from. */
export interface Start {
  goal: string
  diagnosis: Diagnosis
  alert: { labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>>; startsAt: string } | null
  /** Already filled from the alert's labels. */
  runbook: string | null
  unavailable: ToolSet['unavailable']
  about: string | null
}

/** What a step of the Workflow ran and read. */
export interface Printed {
  /** The step's. */
  name: string
  command: string
  /** Redacted. */
  text: string
}

/** How a model cites it. */
export const citeOf = (step: string): string => `step:${step}`

/** Shares of the room, in per cent; what one leaves over the findings get. */
const SHARE = { goal: 10, alert: 15, runbook: 25 }
const MAX_ALERT_VALUE = 200
const MAX_EVIDENCE = 180
const MAX_SUMMARY = 240
const MAX_CAUSE = 480

/**
 * The first message: goal, alert, findings, runbook, in at most about `room` characters. What does not fit is cut from
 * the least telling end, and said so. Deterministic: the same input gives the same bytes.
 */
export function startMessage(start: Start, findings: readonly Finding[], fence: Fence, room: number): string {
  const share = (percent: number): number => Math.floor((room * percent) / 100)
  const parts = [`Goal: ${goalText(start.goal.trim(), share(SHARE.goal))}`]
  if (start.alert) parts.push(fence('alert', alertText(start.alert, share(SHARE.alert))))
  if (start.runbook) parts.push(`Runbook:\n${shorten(start.runbook.trim(), share(SHARE.runbook))}`)
  if (start.about) parts.push(start.about)
  if (start.unavailable.length > 0)
    parts.push(`Not available here: ${start.unavailable.map(({ name, why }) => `${name} (${shorten(why, 120)})`).join('; ')}`)
  const left = room - parts.join('\n\n').length
  parts.splice(start.alert ? 2 : 1, 0, fence('diagnosis', diagnosisText(start.diagnosis, findings, left)))
  return redact(parts.join('\n\n'))
}

/** What the steps before have printed, as data, each as much as its share of `room` characters allows. */
export function printedText(printed: readonly Printed[], fence: Fence, room: number): string {
  const each = Math.floor(room / printed.length) - 100
  const blocks = printed.map(({ name, command, text }) =>
    fence(`${citeOf(name)}: ${command}`, middleOut(redact(text), Math.max(200, each))),
  )
  return ['Steps before this one have looked, too; cite them by the name before the colon.', ...blocks].join('\n')
}

/** Cut between the marks of data, it would leave them open: the data goes as a whole. */
function goalText(goal: string, room: number): string {
  const cut = shorten(goal, room)
  const open = cut.lastIndexOf('<data-')
  return open > cut.lastIndexOf('</data-') ? `${cut.slice(0, open).trimEnd()}…` : cut
}

function alertText(alert: NonNullable<Start['alert']>, room: number): string {
  const pairs = (record: Readonly<Record<string, string>>): string[] =>
    Object.entries(record).map(([key, value]) => `${key}: ${shorten(value.replace(/\s+/g, ' ').trim(), MAX_ALERT_VALUE)}`)
  // Rule links and dashboards tell a model nothing.
  const annotations = pairs(alert.annotations).filter((pair) => !/^[\w-]*(url|link|dashboard)[\w-]*: /i.test(pair))
  return shorten([`firing since ${alert.startsAt}`, ...pairs(alert.labels), ...annotations].join('\n'), room)
}

/** The causes in a line each, then the findings, evidence under each while there is room. */
function diagnosisText(diagnosis: Diagnosis, findings: readonly Finding[], room: number): string {
  const alias = new Map(findings.map((finding, i) => [finding.id, `f${i + 1}`]))
  const lines: string[] = []
  const causes: [string, Cause][] = [
    ...(diagnosis.rootCause ? [['cause', diagnosis.rootCause] as [string, Cause]] : []),
    ...diagnosis.alternatives.map((cause) => ['or else', cause] as [string, Cause]),
    ...diagnosis.problems
      .filter((cause) => cause.id !== diagnosis.rootCause?.id)
      .slice(0, 5)
      .map((cause) => ['also wrong', cause] as [string, Cause]),
  ]
  if (diagnosis.target) lines.push(`target: ${objectText(diagnosis.target)}`)
  for (const [label, cause] of causes) lines.push(causeLine(label, cause, alias))
  if (!diagnosis.rootCause) lines.push(diagnosis.healthy ? 'cause: none, nothing looks wrong' : 'cause: none found')
  if (diagnosis.incomplete.length > 0) lines.push(`not read: ${shorten(diagnosis.incomplete.join('; '), 400)}`)
  let used = lines.join('\n').length
  let told = 0
  for (const finding of findings) {
    const head = findingLine(alias.get(finding.id)!, finding)
    if (used + head.length > room) break
    used += head.length + 1
    told++
    lines.push(head)
    for (const { ref, text } of finding.evidence) {
      const line = `  - ${shorten(`${ref}: ${text}`.replace(/\s+/g, ' '), MAX_EVIDENCE)}`
      if (used + line.length > room * evidenceShare(told)) break
      used += line.length + 1
      lines.push(line)
    }
  }
  if (told < findings.length) lines.push(`and ${findings.length - told} findings more, f${told + 1} to f${findings.length}, of less weight`)
  return lines.join('\n')
}

/** Evidence of the first findings may fill more of the room than that of later ones, so that all get their line. */
const evidenceShare = (place: number): number => (place <= 3 ? 0.75 : 0.5)

const causeLine = (label: string, cause: Cause, alias: ReadonlyMap<string, string>): string => {
  const shown = [...new Set([...cause.explains, ...cause.cites])].flatMap((id) => alias.get(id) ?? []).slice(0, 8)
  const field = cause.field === null ? '' : ` field ${cause.field}`
  const cites = shown.length > 0 ? ` [${shown.join(' ')}]` : ''
  return `${label} (confidence ${cause.confidence}): ${objectText(cause.object)}${field}: ${shorten(cause.summary, MAX_CAUSE)}${cites}`
}

const findingLine = (alias: string, finding: Finding): string =>
  `${alias} ${finding.severity} ${finding.rule} ${objectText(finding.object)}: ${shorten(finding.summary, MAX_SUMMARY)}`

/** The order in which findings are told: those that the cause rests on, in its own order, then by severity, then as the diagnosis has them. */
export function rankFindings(diagnosis: Diagnosis): Finding[] {
  const telling = [...(diagnosis.rootCause?.explains ?? []), ...(diagnosis.rootCause?.cites ?? [])]
  const place = ({ id, severity }: Finding): number => {
    const at = telling.indexOf(id)
    return at === -1 ? telling.length + { critical: 0, warning: 1, info: 2 }[severity] : at
  }
  return [...diagnosis.findings].sort((a, b) => place(a) - place(b))
}
