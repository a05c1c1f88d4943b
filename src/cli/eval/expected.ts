import { parse } from 'yaml'
import { z } from 'zod'
import { InputError, errorText } from '#kit/errors'

const REMEDY = 'Write {object: {apiVersion, kind, namespace, name}, field}, or healthy: true.'

const Answer = z.strictObject({
  object: z.strictObject({
    /** Left out: a kind of any group. */
    apiVersion: z.string().optional(),
    kind: z.string(),
    /** Left out: cluster-scoped. */
    namespace: z.string().nullable().default(null),
    name: z.string(),
  }),
  /** Left out: the object alone is judged. null: the cause must name no field. */
  field: z.string().nullable().optional(),
})
export type Answer = z.infer<typeof Answer>

const Shape = z.strictObject({
  /** Nothing is broken: whatever is called a root cause is a false one. */
  healthy: z.literal(true).optional(),
  object: Answer.shape.object.optional(),
  field: Answer.shape.field,
  /** Other answers that are just as right, for a fault that can be mended in several places. */
  anyOf: z.array(Answer).min(1).max(16).optional(),
  /** Reported only. */
  rule: z.string().optional(),
  /** Cases are counted by it. */
  family: z.string().min(1).optional(),
  /** The cause lies two or more hops from the alert. */
  compound: z.boolean().optional(),
  /** For people. */
  note: z.string().optional(),
})

/** What is guilty, as whoever planted the fault says. */
export interface Expected {
  /** Empty: healthy. */
  answers: Answer[]
  rule: string | null
  family: string
  compound: boolean
  /** The file's content. */
  said: Record<string, unknown>
}

/** Reads an `expected.yaml`. Throws an InputError that names the file and the field. */
export function parseExpected(text: string, file: string): Expected {
  let said: unknown
  try {
    said = parse(text)
  } catch (error) {
    throw new InputError(`${file} is not YAML: ${errorText(error)}`, { remedy: REMEDY })
  }
  const read = Shape.safeParse(said)
  if (!read.success) {
    const [issue] = read.error.issues
    throw new InputError(`${file}: ${issue?.message ?? 'it is not an answer'}`, { field: issue?.path.join('.') ?? '', remedy: REMEDY })
  }
  const { healthy, object, field, anyOf = [], rule = null, family, compound = false } = read.data
  const answers = [...(object ? [{ object, field }] : []), ...anyOf]
  if ((answers.length === 0) !== (healthy === true) || (field !== undefined && !object))
    throw new InputError(`${file} must name either an object or healthy: true`, { remedy: REMEDY })
  return { answers, rule, family: family ?? (healthy ? 'healthy' : 'other'), compound, said: said as Record<string, unknown> }
}
