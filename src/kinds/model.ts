import { z } from 'zod'
import { DecimalAmount, Duration, HttpUrl, SecretKeyRef, Text, withRules, type Rule } from './meta.ts'

/** Who can be asked; agent/models has a file for each. `scripted` plays a conversation from a file and asks nobody. */
export const PROVIDERS = ['anthropic', 'openai', 'openai-compatible', 'scripted'] as const
export type Provider = (typeof PROVIDERS)[number]

/** Where a process keeps its own keys. */
export const KEY_VARIABLES = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  'openai-compatible': 'INQUEST_MODEL_API_KEY',
} as const

/** Of the fields below; agent/models holds flags to the same. */
export const MODEL_LIMITS = {
  maxOutputTokens: { min: 256, max: 32_000 },
  contextTokens: { min: 4_096, max: 10_000_000 },
} as const

const perMillion = (what: string): string => `US dollars for a million ${what}, such as "2.5".`

const shape = {
  provider: z
    .enum(PROVIDERS)
    .describe('Who is asked; `scripted` plays a conversation from a file, for tests and demos (manifests from a folder only).'),
  name: Text(256).optional().describe("The model's name as the vendor writes it; every provider but scripted needs one."),
  baseURL: HttpUrl.optional().describe(
    "Another address than the vendor's own, such as http://ollama.ai:11434/v1; openai-compatible needs one. The server's own key is never sent there.",
  ),
  apiKeySecretRef: SecretKeyRef.optional().describe(
    "The key; without it, and without a baseURL, the server's own key for the provider is used.",
  ),
  file: Text(4096)
    .optional()
    .describe('scripted: the conversation, relative to the folder of manifests; name it *.conversation.yaml when it lies in that folder.'),
  maxOutputTokens: z
    .int()
    .min(MODEL_LIMITS.maxOutputTokens.min)
    .max(MODEL_LIMITS.maxOutputTokens.max)
    .optional()
    .describe('The longest answer. Default 8192, and never more than a quarter of contextTokens.'),
  temperature: z
    .string()
    .max(8)
    .regex(/^([01](\.[0-9]{1,4})?|2(\.0{1,4})?)$/)
    .optional()
    .describe('"0" to "2", a decimal in quotes. Default: the vendor\'s.'),
  timeout: Duration.optional().describe('For one answer. Default 2m, at most 15m.'),
  contextTokens: z
    .int()
    .min(MODEL_LIMITS.contextTokens.min)
    .max(MODEL_LIMITS.contextTokens.max)
    .optional()
    .describe('What the model can read at once. Default 128000; give it for a local model.'),
  price: z
    .strictObject({
      input: DecimalAmount.describe(perMillion('input tokens')),
      output: DecimalAmount.describe(perMillion('output tokens')),
      cacheRead: DecimalAmount.optional().describe(`${perMillion('input tokens read from a cache')} Default: as input.`),
      cacheWrite: DecimalAmount.optional().describe(`${perMillion('input tokens written to a cache')} Default: as input.`),
    })
    .optional()
    .describe("What the model costs, instead of Inquest's own table; needed for a budget in dollars when the table has no price."),
}

type Shape = z.infer<z.ZodObject<typeof shape>>

/** What cannot work is refused when it is read, by the API server too. */
const RULES: readonly Rule<Shape>[] = [
  {
    rule: "self.provider == 'scripted' ? has(self.file) && !has(self.name) && !has(self.baseURL) && !has(self.apiKeySecretRef) : has(self.name) && !has(self.file)",
    message: 'scripted takes a file and neither name, baseURL nor apiKeySecretRef; every other provider takes a name and no file',
    holds: ({ provider, file, name, baseURL, apiKeySecretRef }) =>
      provider === 'scripted' ? Boolean(file) && !name && !baseURL && !apiKeySecretRef : Boolean(name) && !file,
  },
  {
    rule: "self.provider != 'openai-compatible' || has(self.baseURL)",
    message: "openai-compatible needs a baseURL: the address of the model's server",
    holds: ({ provider, baseURL }) => provider !== 'openai-compatible' || baseURL !== undefined,
  },
  {
    rule: "!(self.provider in ['anthropic', 'openai']) || !has(self.baseURL) || has(self.apiKeySecretRef)",
    message: "anthropic and openai at a baseURL need an apiKeySecretRef: the server's own key is never sent there",
    holds: ({ provider, baseURL, apiKeySecretRef }) =>
      !['anthropic', 'openai'].includes(provider) || baseURL === undefined || apiKeySecretRef !== undefined,
  },
]

const OneModel = withRules(z.strictObject(shape), RULES)
export type OneModel = z.infer<typeof OneModel>

/** Which model an agent asks, and who is asked in its place when it cannot answer. */
export const Model = withRules(
  z.strictObject({
    ...shape,
    fallbacks: z
      .array(OneModel)
      .max(4)
      .optional()
      .describe('Asked in this order when the one before cannot answer; after the last one the diagnosis stands alone.'),
  }),
  RULES,
)
export type Model = z.infer<typeof Model>

/** What an investigation may use of models; met, it ends with what it knows, and says so. */
export const Budget = z.strictObject({
  maxTokens: z
    .int()
    .min(4_096)
    .max(100_000_000)
    .optional()
    .describe('Input and output of all agent steps together, cached input too. Default 500000.'),
  maxCostUSD: DecimalAmount.optional().describe(
    'US dollars, all agent steps together. Default "2" where the price of every model is known.',
  ),
})
export type Budget = z.infer<typeof Budget>

export const DEFAULT_BUDGET = { maxTokens: 500_000, maxCostUSD: 2 } as const

/** A model and those that stand in for it, in order. */
export const modelChain = ({ fallbacks, ...first }: Model): OneModel[] => [first, ...(fallbacks ?? [])]
