import { z } from 'zod'

/**
 * The result of an investigation: one shape for the CLI, the API, the sinks and the store.
 * `inquest.dev/result/v1alpha1` grows by addition only. The same input gives the same bytes, `usage` aside.
 */
const RESULT_SCHEMA = 'inquest.dev/result/v1alpha1'

/** What an object is called; `namespace` is null for cluster-scoped kinds. */
export const ObjectRef = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
})
export type ObjectRef = z.infer<typeof ObjectRef>

/** One thing that was seen: `ref` says where (`event/shop/payments.17a`, `log/shop/payments-5c/payments#previous`), `text` what. */
export const Evidence = z.strictObject({
  id: z.string(),
  source: z.enum(['object', 'event', 'log', 'metric', 'change', 'tool']),
  ref: z.string(),
  text: z.string(),
})
export type Evidence = z.infer<typeof Evidence>

export const Severity = z.enum(['critical', 'warning', 'info'])
export type Severity = z.infer<typeof Severity>

/** An observation with its proof. `id` is a hash of (rule, object, field). */
export const Finding = z.strictObject({
  id: z.string(),
  rule: z.string(),
  severity: Severity,
  object: ObjectRef,
  summary: z.string(),
  evidence: z.array(Evidence),
})
export type Finding = z.infer<typeof Finding>

/**
 * An explanation. `object` is the topmost owner whose spec a person edits to mend it, `field` the path in it with lists
 * by merge key: `spec.template.spec.containers[name=velero].args[0]`.
 */
export const Cause = z.strictObject({
  id: z.string(),
  by: z.enum(['diagnosis', 'model']),
  rule: z.string().nullable(),
  summary: z.string(),
  object: ObjectRef,
  field: z.string().nullable(),
  confidence: z.number().min(0).max(1),
  explains: z.array(z.string()),
  cites: z.array(z.string()),
})
export type Cause = z.infer<typeof Cause>

export const Recommendation = z.strictObject({
  action: z.string(),
  why: z.string(),
  command: z.string().nullable(),
  risk: z.enum(['none', 'low', 'medium', 'high']),
  needsApproval: z.boolean(),
})
export type Recommendation = z.infer<typeof Recommendation>

const ActionTaken = z.strictObject({ command: z.string(), approvedBy: z.string().nullable(), outcome: z.string() })

const Tokens = {
  modelCalls: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cacheReadTokens: z.number().int(),
  costUSD: z.number().nullable(),
}

/** What it cost. Times in seconds, money in US dollars; `costUSD` is null when a price is not known. */
export const Usage = z.strictObject({
  ...Tokens,
  toolCalls: z.number().int(),
  durationSeconds: z.number(),
  byModel: z.record(z.string(), z.strictObject(Tokens)),
})
export type Usage = z.infer<typeof Usage>

/** What the deterministic diagnosis says; with `usage` and the rest around it, it is a result. */
export const Diagnosis = z.strictObject({
  target: ObjectRef.nullable(),
  healthy: z.boolean(),
  rootCause: Cause.nullable(),
  /** Other explanations of the same symptoms, ranked, at most 4. */
  alternatives: z.array(Cause).max(4),
  /** Every independent problem that was seen, ranked by impact, the root cause first. */
  problems: z.array(Cause),
  findings: z.array(Finding),
  recommendations: z.array(Recommendation),
  /** What could not be read, budgets met, model failures: one sentence each. */
  incomplete: z.array(z.string()),
})
export type Diagnosis = z.infer<typeof Diagnosis>

export const Result = z.strictObject({
  schema: z.literal(RESULT_SCHEMA),
  ...Diagnosis.shape,
  /** What models say they found beyond the diagnosis; null: nothing, or none was asked. Results of before have no such field. */
  added: z.string().nullable().default(null),
  actionsTaken: z.array(ActionTaken),
  usage: Usage,
})
export type Result = z.infer<typeof Result>

/** `kind/name` in `namespace`, as people say it: `Deployment shop/payments`. */
export const objectText = (ref: ObjectRef): string => `${ref.kind} ${ref.namespace === null ? '' : `${ref.namespace}/`}${ref.name}`

/** Usage of an investigation that asked no model. */
export const usageWithoutModel = (durationSeconds: number): Usage => ({
  modelCalls: 0,
  toolCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  costUSD: 0,
  durationSeconds,
  byModel: {},
})

/** What several agents used together; a cost that is not known of one is not known of all. */
export function sumUsage(parts: readonly Usage[], durationSeconds: number): Usage {
  const byModel: Usage['byModel'] = {}
  for (const part of parts)
    for (const [model, tokens] of Object.entries(part.byModel)) byModel[model] = addTokens(byModel[model] ?? NO_TOKENS, tokens)
  const toolCalls = parts.reduce((sum, part) => sum + part.toolCalls, 0)
  return { ...parts.reduce(addTokens, NO_TOKENS), toolCalls, durationSeconds, byModel }
}

type Tokens = Usage['byModel'][string]
const NO_TOKENS: Tokens = { modelCalls: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, costUSD: 0 }
const addTokens = (a: Tokens, b: Tokens): Tokens => ({
  modelCalls: a.modelCalls + b.modelCalls,
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
  costUSD: a.costUSD === null || b.costUSD === null ? null : Math.round((a.costUSD + b.costUSD) * 1e6) / 1e6,
})

/** A result: the diagnosis, alone or as an agent left it, with what that cost. */
export const resultOf = (diagnosis: Diagnosis, usage: Usage, added: string | null = null): Result => ({
  schema: RESULT_SCHEMA,
  target: diagnosis.target,
  healthy: diagnosis.healthy,
  rootCause: diagnosis.rootCause,
  alternatives: diagnosis.alternatives,
  problems: diagnosis.problems,
  findings: diagnosis.findings,
  recommendations: diagnosis.recommendations,
  added,
  actionsTaken: [],
  incomplete: diagnosis.incomplete,
  usage,
})
