import { z } from 'zod'
import { findResource } from '#cluster'
import type { Cause, Diagnosis, ObjectRef } from '#kinds/result'
import { redactDeep } from '#kit/redact'

/** The tool by which a model ends its work. It is never carried out: its arguments are the model's part of the result. */
export const CONCLUDE = 'conclude'

const MAX_PROBLEMS_TOLD = 6
const ids = z.array(z.string().max(80)).max(20)
// A model that must fill everything in writes "" for what it leaves out.
const optionalText = (max: number) => z.string().max(max).optional()

const ModelCause = z.object({
  summary: z.string().min(1).max(600).describe('one sentence: what is wrong and why'),
  object: z.object({
    apiVersion: optionalText(317),
    kind: z.string().min(1).max(63),
    namespace: optionalText(63),
    name: z.string().min(1).max(253),
  }),
  field: optionalText(400).describe('path of what to edit in it'),
  confidence: z.number().describe('0 to 1'),
  cites: ids.min(1).describe('ids of findings and outputs that show it: f1, o2'),
})

export const Conclusion = z.object({
  rootCause: ModelCause.nullable().describe('null: the diagnosis stands as it is'),
  alternatives: z.array(ModelCause).max(4).optional().describe('other explanations of the same symptoms'),
  recommendations: z
    .array(
      z.object({
        action: z.string().min(1).max(400),
        why: z.string().min(1).max(400),
        command: optionalText(1_000),
        risk: z.enum(['none', 'low', 'medium', 'high']),
      }),
    )
    .max(6)
    .optional(),
  added: z.string().max(600).describe('what you found beyond the diagnosis, one or two sentences; "" if nothing'),
})
export type Conclusion = z.infer<typeof Conclusion>
type ModelCause = z.infer<typeof ModelCause>

export const CONCLUDE_DESCRIPTION = 'Ends the investigation with its result. Call it once, alone.'

/** What a claim may cite. */
export interface Citable {
  /** By what the model calls them (`f1`) and by their own ids: a finding's id. */
  findings: ReadonlyMap<string, string>
  /** Outputs of tools that were carried out, `o1` … */
  outputs: ReadonlySet<string>
}

/** A cause whose citations are real and whose object has its full name. */
export interface CheckedCause {
  summary: string
  object: ObjectRef
  field: string | null
  confidence: number
  findings: string[]
  outputs: string[]
}

export interface CheckedConclusion {
  rootCause: CheckedCause | null
  alternatives: CheckedCause[]
  recommendations: NonNullable<Conclusion['recommendations']>
  added: string | null
}

export type Checked = { ok: true; conclusion: CheckedConclusion } | { ok: false; problems: string[] }

/** Shape, citations, objects. Problems are written for the model, which may try once more. */
export function checkConclusion(input: unknown, citable: Citable, diagnosis: Diagnosis): Checked {
  const parsed = Conclusion.safeParse(input)
  if (!parsed.success) {
    const problems = parsed.error.issues
      .slice(0, MAX_PROBLEMS_TOLD)
      .map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
    return { ok: false, problems }
  }
  const problems: string[] = []
  // A model repeats what it read, and what it read was redacted; still, nothing leaves unchecked.
  const said = redactDeep(parsed.data)
  const check = (cause: ModelCause, at: string): CheckedCause => {
    const unknown = cause.cites.filter((id) => !citable.findings.has(id) && !citable.outputs.has(id))
    if (unknown.length > 0) problems.push(`${at}.cites: there is no ${unknown.join(', ')}; there are ${idsText(citable)}`)
    const object = fullRef(cause.object, diagnosis)
    if (!object) problems.push(`${at}.object: give the apiVersion of kind ${cause.object.kind}`)
    return {
      summary: cause.summary,
      object: object ?? { apiVersion: '', kind: cause.object.kind, namespace: null, name: cause.object.name },
      field: cause.field || null,
      confidence: Number.isFinite(cause.confidence) ? Math.min(1, Math.max(0, cause.confidence)) : 0,
      findings: unique(cause.cites.flatMap((id) => citable.findings.get(id) ?? [])),
      outputs: unique(cause.cites.filter((id) => citable.outputs.has(id))),
    }
  }
  const conclusion: CheckedConclusion = {
    rootCause: said.rootCause && check(said.rootCause, 'rootCause'),
    alternatives: (said.alternatives ?? []).map((cause, i) => check(cause, `alternatives.${i}`)),
    recommendations: said.recommendations ?? [],
    added: said.added.trim() || null,
  }
  return problems.length > 0 ? { ok: false, problems: problems.slice(0, MAX_PROBLEMS_TOLD) } : { ok: true, conclusion }
}

const unique = (list: readonly string[]): string[] => [...new Set(list)]

function idsText(citable: Citable): string {
  const aliases = [...citable.findings.keys()].filter((id) => /^f\d+$/.test(id))
  const parts = [aliases.length > 0 ? `f1 to f${aliases.length}` : '', [...citable.outputs].join(', ')].filter(Boolean)
  return parts.join(' and ') || 'none yet: use a tool first, or give rootCause null'
}

/** As the diagnosis names it, else by the built-in kinds; null for a custom kind without apiVersion. */
function fullRef(said: ModelCause['object'], diagnosis: Diagnosis): ObjectRef | null {
  const causes = [diagnosis.rootCause, ...diagnosis.alternatives, ...diagnosis.problems].filter((cause): cause is Cause => cause !== null)
  const known = [...causes.map((cause) => cause.object), ...diagnosis.findings.map((finding) => finding.object), diagnosis.target].filter(
    (ref): ref is ObjectRef => ref !== null && ref.kind.toLowerCase() === said.kind.toLowerCase(),
  )
  const same = known.find((ref) => ref.name === said.name && (!said.namespace || ref.namespace === said.namespace))
  if (same) return same
  const builtin = said.apiVersion ? null : findResource(said.kind)
  const like = known[0] ?? builtin
  const apiVersion = said.apiVersion || like?.apiVersion
  if (!apiVersion) return null
  return {
    apiVersion,
    kind: like?.kind ?? said.kind,
    namespace: builtin?.namespaced === false ? null : said.namespace || null,
    name: said.name,
  }
}
