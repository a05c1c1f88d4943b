import { hash } from '#kit/ids'
import type { Cause, Diagnosis, Evidence, Finding, ObjectRef, Recommendation } from '#kinds/result'
import type { CheckedCause, CheckedConclusion } from './conclude.ts'
import { shorten } from './events.ts'

/**
 * Diagnosis and conclusion become one. The diagnosis is proof that was read off the objects, the model's word is an
 * opinion with citations, and confidence follows from that:
 * - Nothing of the diagnosis is lost: findings stay, causes stay among the problems.
 * - The model agrees with a cause of the diagnosis: that cause goes first; surer only if the model read something new.
 * - It names another one: first if it cites an output, at most 0.9; on the findings alone at most 0.6, and first only
 *   if the diagnosis was less sure than that.
 */
const MOST_WITH_OUTPUT = 0.9
const MOST_WITHOUT_OUTPUT = 0.6
const MOST_CONFIRMED = 0.95
const MAX_ALTERNATIVES = 4
const MAX_RECOMMENDATIONS = 10
/** The rule of findings that hold what the model saw with its tools. */
const MODEL_RULE = 'model'

/** A tool output as evidence. */
export interface Output {
  id: string
  /** `kubectl get pods -n shop`, as far as a tool and its arguments can be said in a line. */
  call: string
  summary: string
  error: boolean
}

export function merge(diagnosis: Diagnosis, conclusion: CheckedConclusion, outputs: ReadonlyMap<string, Output>): Diagnosis {
  const own = [diagnosis.rootCause, ...diagnosis.problems, ...diagnosis.alternatives].filter((cause): cause is Cause => cause !== null)
  const proven = (cause: CheckedCause): boolean => cause.outputs.some((id) => outputs.get(id)?.error === false)
  const adopt = (said: CheckedCause): Cause => {
    const known = own.find((cause) => isSame(cause, said))
    return known ? confirmed(known, said, proven(said)) : fromModel(said, proven(said))
  }

  const said = conclusion.rootCause && adopt(conclusion.rootCause)
  const before = diagnosis.rootCause
  const takesTheLead =
    said !== null && (said.by === 'diagnosis' || proven(conclusion.rootCause!) || said.confidence >= (before?.confidence ?? 0))
  const rootCause = takesTheLead ? said : before
  // Another explanation of the same symptoms cannot be surer than the one that stands before it.
  const below = (cause: Cause): Cause => ({ ...cause, confidence: Math.min(cause.confidence, rootCause?.confidence ?? 1) })

  const rest = [...(takesTheLead ? [] : [said]), ...conclusion.alternatives.map(adopt), before, ...diagnosis.alternatives]
  const alternatives = distinct(rest.filter((cause): cause is Cause => cause !== null && cause.id !== rootCause?.id)).map(below)
  const problems = distinct([
    ...(rootCause ? [rootCause] : []),
    ...(before && before.id !== rootCause?.id ? [below(before)] : []),
    ...diagnosis.problems,
  ])

  return {
    ...diagnosis,
    healthy: diagnosis.healthy && rootCause === null,
    rootCause,
    alternatives: alternatives.slice(0, MAX_ALTERNATIVES),
    problems,
    findings: withModelFindings(diagnosis.findings, modelFindings([rootCause, ...alternatives], outputs)),
    recommendations: mergeRecommendations(diagnosis, conclusion, takesTheLead && rootCause !== null && rootCause.id !== before?.id),
  }
}

const sameObject = (a: ObjectRef, b: ObjectRef): boolean => a.kind === b.kind && a.namespace === b.namespace && a.name === b.name

/** The same object, and one field holds the other (or the model named none). */
function isSame(cause: Cause, said: CheckedCause): boolean {
  if (!sameObject(cause.object, said.object)) return false
  if (cause.field === null || said.field === null) return true
  return cause.field.startsWith(said.field) || said.field.startsWith(cause.field)
}

function confirmed(cause: Cause, said: CheckedCause, proven: boolean): Cause {
  const confidence = proven ? Math.max(cause.confidence, Math.min(said.confidence, MOST_CONFIRMED)) : cause.confidence
  return { ...cause, confidence, cites: [...new Set([...cause.cites, ...said.findings, ...said.outputs])] }
}

const fromModel = (said: CheckedCause, proven: boolean): Cause => ({
  id: hash('model', said.object.kind, said.object.namespace ?? '', said.object.name, said.field ?? '').slice(0, 12),
  by: 'model',
  rule: null,
  summary: said.summary,
  object: said.object,
  field: said.field,
  confidence: round(Math.min(said.confidence, proven ? MOST_WITH_OUTPUT : MOST_WITHOUT_OUTPUT)),
  explains: said.findings,
  cites: [...said.findings, ...said.outputs],
})

const round = (value: number): number => Math.round(value * 100) / 100

const distinct = (causes: readonly Cause[]): Cause[] => causes.filter((cause, i) => causes.findIndex((c) => c.id === cause.id) === i)

/** Every output that a cause cites is shown: a reader of the result can follow `o3` to what was asked and what came back. */
function modelFindings(causes: readonly (Cause | null)[], outputs: ReadonlyMap<string, Output>): Finding[] {
  return causes.flatMap((cause) => {
    const evidence: Evidence[] = (cause?.cites ?? []).flatMap((id) => {
      const output = outputs.get(id)
      return output ? [{ id, source: 'tool' as const, ref: output.call, text: output.summary }] : []
    })
    if (!cause || evidence.length === 0) return []
    const { object, field, summary } = cause
    const id = hash(MODEL_RULE, object.kind, object.namespace ?? '', object.name, field ?? '').slice(0, 12)
    return [{ id, rule: MODEL_RULE, severity: 'info' as const, object, summary: shorten(summary, 200), evidence }]
  })
}

/** A cause that an agent before this one named, too, keeps its one finding, with both their evidence. */
function withModelFindings(before: readonly Finding[], own: readonly Finding[]): Finding[] {
  const told = before.map((finding) => {
    const again = own.find(({ id }) => id === finding.id)
    return again ? { ...again, evidence: [...finding.evidence, ...again.evidence] } : finding
  })
  return [...told, ...own.filter(({ id }) => !before.some((finding) => finding.id === id))]
}

/** The model's commands always need an approval; whoever's cause leads is heard first. */
function mergeRecommendations(diagnosis: Diagnosis, conclusion: CheckedConclusion, modelLeads: boolean): Recommendation[] {
  const own = diagnosis.recommendations
  const keys = new Set(own.map(recommendationKey))
  const added = conclusion.recommendations
    .map(({ action, why, command, risk }) => ({
      action,
      why,
      command: command || null,
      risk,
      needsApproval: Boolean(command) || risk !== 'none',
    }))
    .filter((recommendation) => !keys.has(recommendationKey(recommendation)))
  return (modelLeads ? [...added, ...own] : [...own, ...added]).slice(0, Math.max(MAX_RECOMMENDATIONS, own.length))
}

const recommendationKey = ({ action, command }: Pick<Recommendation, 'action' | 'command'>): string =>
  (command ?? action).toLowerCase().replace(/\s+/g, ' ').trim()
