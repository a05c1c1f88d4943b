import { jsonSchema, tool as sdkTool, type ToolSet as SdkTools } from 'ai'
import { z } from 'zod'
import { InputError } from '#kit/errors'
import { CONCLUDE, CONCLUDE_DESCRIPTION, Conclusion } from './conclude.ts'
import type { JsonSchema, Tool } from './tool.ts'

/** What is sent of the tools, made once an investigation. */
export interface SentTools {
  sdk: SdkTools
  /** How much of every request they take. */
  characters: number
}

/** Without `execute`: the SDK hands calls back, and the loop makes a step of each. `conclude` comes last. */
export function sentTools(tools: readonly Tool[]): SentTools {
  const sdk: SdkTools = {}
  let characters = 0
  const put = (name: string, description: string, schema: z.ZodType | JsonSchema): void => {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name) || sdk[name])
      throw new InputError(`"${name}" cannot be the name of a tool, or is one already`, { field: 'tools' })
    const { json, validate } = isZod(schema) ? fromZod(schema) : { json: schema, validate: undefined }
    characters += name.length + description.length + JSON.stringify(json).length
    sdk[name] = sdkTool({ description, inputSchema: jsonSchema(json as Parameters<typeof jsonSchema>[0], validate ? { validate } : {}) })
  }
  for (const { name, description, inputSchema } of tools) put(name, description, inputSchema)
  put(CONCLUDE, CONCLUDE_DESCRIPTION, Conclusion)
  return { sdk, characters }
}

const isZod = (schema: z.ZodType | JsonSchema): schema is z.ZodType => schema instanceof z.ZodType

/** Converted once, and without what no vendor needs: each character is sent with every call. */
function fromZod(schema: z.ZodType) {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
  const validate = (value: unknown): { success: true; value: unknown } | { success: false; error: Error } => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return { success: true, value: parsed.data }
    const problems = parsed.error.issues.slice(0, 6).map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
    return { success: false, error: new Error(problems.join('; ')) }
  }
  return { json: withoutLengths(json), validate }
}

/** Limits on lengths are checked when the answer comes; a model cannot count characters anyway. */
function withoutLengths(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutLengths)
  if (json === null || typeof json !== 'object') return json
  const entries = Object.entries(json).filter(([key, value]) => !(['minLength', 'maxLength'].includes(key) && typeof value === 'number'))
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutLengths(value)]))
}
