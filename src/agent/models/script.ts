import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { errorText, InputError } from '#kit/errors'

const Texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(16)])

/** One answer of a scripted model. */
const Turn = z.strictObject({
  /** Played only once the whole prompt (instructions, alert, findings, outputs) holds all of these texts. */
  whenPromptContains: Texts.optional(),
  text: z.string().max(32_768).optional(),
  /** A string as `input` is sent as it is: JSON that does not parse, for instance. */
  toolCalls: z
    .array(z.strictObject({ name: z.string().min(1).max(64), input: z.unknown() }))
    .max(32)
    .optional(),
  /**
   * Raised instead of an answer, as a vendor's server would. With `text` or `toolCalls` it is raised `times` (default
   * once) before them; alone it is raised always. Without `status`: a broken connection.
   */
  error: z
    .strictObject({
      status: z.int().min(400).max(599).optional(),
      message: z.string().max(1_024).optional(),
      retryAfterSeconds: z.number().min(0).max(86_400).optional(),
      times: z.int().min(1).max(100).optional(),
    })
    .optional(),
  /** `length`: cut off; `content-filter`: refused. */
  finish: z.enum(['stop', 'length', 'content-filter']).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  /** Default: a token for every four characters. */
  usage: z
    .strictObject({ inputTokens: z.int().min(0), outputTokens: z.int().min(0), cacheReadTokens: z.int().min(0).optional() })
    .optional(),
})
export type ScriptTurn = z.infer<typeof Turn>

const Script = z.strictObject({ description: z.string().max(4_096).optional(), turns: z.array(Turn).min(1).max(256) })

const MAX_BYTES = 1_048_576

/** Reads a conversation, YAML or JSON. Everything wrong with it is an InputError with the place in the file. */
export function readScript(file: string, field: string): readonly ScriptTurn[] {
  const refuse = (message: string, remedy: string): never => {
    throw new InputError(message, { field, remedy })
  }
  let content: unknown
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > MAX_BYTES) refuse(`${file} is over 1 MB`, 'Split the conversation.')
    content = parse(text)
  } catch (error) {
    if (error instanceof InputError) throw error
    refuse(`cannot read ${file}: ${errorText(error).split('\n')[0]}`, 'Give a readable YAML or JSON file with a list `turns`.')
  }
  const parsed = Script.safeParse(content)
  if (parsed.success) return parsed.data.turns
  const issue = parsed.error.issues[0]!
  return refuse(`${file}: ${issue.path.join('.') || 'the file'}: ${issue.message}`, 'docs/models.md shows what a conversation looks like.')
}
