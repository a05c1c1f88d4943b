import { hash } from '#kit/ids'
import { redact } from '#kit/redact'
import { objectText, type Cause, type Diagnosis, type Finding, type ObjectRef, type Recommendation } from '#kinds/result'
import { advise, setField, undoRollout } from '../rules/recommend.ts'
import type { Change } from '../snapshot/changes.ts'
import { shownValue } from '../snapshot/shown.ts'
import { refKey } from '../snapshot/snapshot.ts'
import { valueText } from './attribute.ts'
import type { Gathered } from '../gather/gather.ts'
import type { Problem, Targeted } from './causes.ts'
import type { Node } from './graph.ts'

const MAX_FINDINGS = 200
const MAX_PROBLEMS = 50
const MAX_EVIDENCE = 8
const MAX_TEXT = 400
const MAX_RECOMMENDATIONS = 6

/** Puts the result together: sorted, capped, redacted. */
export function report(
  problems: readonly Problem[],
  target: Targeted,
  targetRef: ObjectRef | null,
  incomplete: Gathered['incomplete'],
  couldLook: boolean,
): Diagnosis {
  const shown = problems.slice(0, MAX_PROBLEMS)
  const nodes = uniqueNodes(shown.flatMap((p) => p.nodes)).slice(0, MAX_FINDINGS)
  const ids = new Set(nodes.map((n) => n.id))
  // What was not recorded matters only as long as the cause is not proven without it.
  const isProven = (shown[0]?.root.strength ?? 0) >= 0.85
  const lines = incomplete.filter((line) => line.kind === 'refused' || !isProven).map((line) => line.text)
  if (problems.length > shown.length) lines.push(`${problems.length} problems were found; the first ${MAX_PROBLEMS} are shown`)
  const first = shown[0]
  const isRoot = first !== undefined && (first.related > 0 || (target.byAlert && startedBefore(first, target)))
  const causes = shown.map((p, i) => toCause(p, ids, confidence(p, lines.length > 0, i === 0 && p.related === 0)))
  return {
    target: targetRef,
    healthy: shown.length === 0 && couldLook,
    rootCause: isRoot ? causes[0]! : null,
    alternatives: isRoot ? alternatives(first, shown.slice(1), causes[0]!, ids) : [],
    problems: causes,
    findings: nodes.map(toFinding).sort(bySeverity),
    recommendations: first ? recommendations(first) : [],
    incomplete: [...new Set(lines)].map(redact),
  }
}

/** What nothing ties to an alert and has gone on for so long without it is not what it is about. ms */
const LONG_BEFORE = 6 * 3_600_000

const startedBefore = (p: Problem, { startsAt, leftovers }: Targeted): boolean => {
  const since = p.root.change?.at ?? p.root.observation.since
  // A run that failed beside what is asked about takes nothing from it.
  if (p.nodes.every(({ observation: { on } }) => on.kind === 'Job' || on.kind === 'CronJob' || leftovers.has(refKey(on)))) return false
  return startsAt !== null && since !== null && since <= startsAt + 300_000 && since >= startsAt - LONG_BEFORE
}

/** Falls when something could not be read, when only a symptom is known, and when nothing ties it to the target. */
function confidence({ root, nodes }: Problem, isPartial: boolean, isUnrelated: boolean): number {
  const support = Math.min(0.03, (nodes.length - 1) * 0.01)
  const open = root.observation.open ? 0.75 : 1
  const value = root.strength * open + support - (isPartial ? 0.03 : 0)
  return Math.round(Math.max(0.05, Math.min(isUnrelated ? 0.3 : 0.99, value)) * 100) / 100
}

function toCause({ root, nodes }: Problem, ids: ReadonlySet<string>, value: number): Cause {
  const { observation } = root
  return {
    id: hash('cause', refKey(observation.cause.object), observation.cause.field ?? '').slice(0, 12),
    by: 'diagnosis',
    rule: observation.rule,
    summary: clip(redact(summaryOf(root))),
    object: observation.cause.object,
    field: observation.cause.field,
    confidence: value,
    explains: [...new Set(nodes.map((n) => n.id))].filter((id) => id !== root.id && ids.has(id)).sort(),
    cites: [...new Set(nodes.filter((n) => n.id === root.id || sameCause(n, root)).map((n) => n.id))].filter((id) => ids.has(id)).sort(),
  }
}

const sameCause = (a: Node, b: Node): boolean =>
  refKey(a.observation.cause.object) === refKey(b.observation.cause.object) && a.observation.cause.field === b.observation.cause.field

function summaryOf({ observation, change }: Node): string {
  return change ? `${observation.summary}; ${changeText(observation.cause.object, change)}` : observation.summary
}

function changeText(object: ObjectRef, change: Change): string {
  const when = change.at === null ? '' : ` at ${new Date(change.at).toISOString().replace('.000Z', 'Z')}`
  const field = change.field.replace(/^spec\.(?:jobTemplate\.spec\.)?template\.spec\./, '')
  const [before, after] = [change.before, change.after].map((value) => shownValue(change.field, valueText(value))) as [string, string]
  if (!change.knowsBefore) return `${field} of ${objectText(object)} was ${change.how}${when}`
  if (change.before === undefined) return `${change.how} added ${field} = "${short(after)}"${when}`
  if (change.after === undefined) return `${change.how} removed ${field} (it was "${short(before)}")${when}`
  return `${change.how} changed ${field} from "${short(before)}" to "${short(after)}"${when}`
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text)
const clip = (text: string): string => (text.length > 600 ? `${text.slice(0, 599)}…` : text)

function toFinding(node: Node): Finding {
  const { observation, change } = node
  const drafts = [...observation.evidence]
  if (change)
    drafts.push({ source: 'change', ref: placeText(observation.cause.object), text: changeText(observation.cause.object, change) })
  const evidence = drafts.slice(0, MAX_EVIDENCE).map(({ source, ref, text }) => {
    const said = redact(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text)
    return { id: hash(source, ref, said).slice(0, 12), source, ref, text: said }
  })
  return {
    id: node.id,
    rule: observation.rule,
    severity: observation.severity,
    object: observation.on,
    summary: clip(redact(observation.summary)),
    evidence: unique(evidence, (e) => e.id),
  }
}

const placeText = (ref: ObjectRef): string =>
  [ref.kind.charAt(0).toLowerCase() + ref.kind.slice(1), ref.namespace, ref.name].filter((x) => x !== null).join('/')

/** The same cause may be seen twice in one object; the stronger one speaks. */
function uniqueNodes(nodes: readonly Node[]): Node[] {
  return unique(
    [...nodes].sort((a, b) => b.strength - a.strength),
    (n) => n.id,
  ).sort((a, b) => nodes.indexOf(a) - nodes.indexOf(b))
}

const unique = <T>(items: readonly T[], key: (item: T) => string): T[] =>
  [...new Map(items.toReversed().map((i) => [key(i), i])).values()].toReversed()

const ORDER = ['critical', 'warning', 'info']
const bySeverity = (a: Finding, b: Finding): number =>
  ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
  compareText(refKey(a.object), refKey(b.object)) ||
  compareText(a.rule, b.rule) ||
  compareText(a.id, b.id)
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Other explanations of what the root cause explains: what its own observation leaves open, and other changes of the same time. */
function alternatives({ root }: Problem, others: readonly Problem[], cause: Cause, ids: ReadonlySet<string>): Cause[] {
  const half = Math.round(cause.confidence * 50) / 100
  const make = (object: ObjectRef, field: string | null, summary: string): Cause => ({
    id: hash('cause', refKey(object), field ?? '').slice(0, 12),
    by: 'diagnosis',
    rule: root.observation.rule,
    summary: clip(redact(summary)),
    object,
    field,
    confidence: half,
    explains: [root.id],
    cites: [root.id].filter((id) => ids.has(id)),
  })
  const own = [
    ...root.observation.alternatives.map((a) => make(a.object, a.field, a.summary)),
    ...root.others.map((c) =>
      make(root.observation.cause.object, c.field, `The same roll-out: ${changeText(root.observation.cause.object, c)}`),
    ),
  ]
  const near = others.filter((p) => p.related === 3).map((p) => toCause(p, ids, Math.min(cause.confidence, confidence(p, false, false))))
  return unique([...own, ...near], (c) => c.id)
    .filter((c) => c.id !== cause.id)
    .slice(0, 4)
}

function recommendations({ root }: Problem): Recommendation[] {
  const { observation, change } = root
  const list: Recommendation[] = []
  const { object } = observation.cause
  if (change?.knowsBefore && change.backTo !== null && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind))
    list.push(
      undoRollout(
        object,
        change.isPrevious ? null : change.backTo,
        `Revision ${change.backTo} did not have this: ${changeText(object, change)}.`,
      ),
    )
  if (change?.knowsBefore && change.before !== undefined && object.kind === 'Deployment' && change.field === observation.cause.field)
    list.push({
      ...setField(object, change.field, change.before, 'Mends this field alone and keeps the rest of the roll-out.'),
      risk: 'medium',
    })
  list.push(...observation.recommendations)
  if (list.length === 0)
    list.push(advise(`Look at ${objectText(object)}${observation.cause.field ? `, ${observation.cause.field}` : ''}`, observation.summary))
  return unique(list, (r) => `${r.action} ${r.command}`)
    .slice(0, MAX_RECOMMENDATIONS)
    .map((r) => ({
      ...r,
      action: clip(redact(r.action)),
      why: clip(redact(r.why)),
      command: r.command === null ? null : redact(r.command),
    }))
}
