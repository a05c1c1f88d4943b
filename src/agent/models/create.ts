import { basename } from 'node:path'
import { InputError } from '#kit/errors'
import { MODEL_LIMITS, PROVIDERS, type Provider } from '#kinds/model'
import { makeAnthropic } from './anthropic.ts'
import type { Fetch, Made, Model } from './model.ts'
import { makeOpenAI } from './openai.ts'
import { makeOpenAICompatible } from './openai-compatible.ts'
import { listedPrice } from './prices.ts'
import { makeScripted } from './scripted.ts'
import type { ModelSpec } from './spec.ts'

/** A new provider is a file and a line here; the compiler names a missing one. */
const MAKERS = {
  anthropic: makeAnthropic,
  openai: makeOpenAI,
  'openai-compatible': makeOpenAICompatible,
  scripted: makeScripted,
} satisfies Record<Provider, (spec: ModelSpec, fetch: Fetch, field: string) => Made>

const DEFAULTS = { maxOutputTokens: 8_192, timeoutMs: 120_000, contextTokens: 128_000 }
const MAX_TIMEOUT_MS = 900_000
const FREE = { input: 0, output: 0 }

/**
 * A model that can be asked; asks nobody yet. A faulty spec (an unknown provider, a missing key or URL, a script that
 * does not parse) is an InputError whose field is `<field>.<key>`.
 */
export function createModel(spec: ModelSpec, options: { fetch: Fetch; field?: string }): Model {
  checkSpec(spec, options.field ?? 'model')
  const made = MAKERS[spec.provider](spec, options.fetch, options.field ?? 'model')
  return { ...frameOf(spec), ...made, fault: null }
}

/**
 * In place of a model that cannot be made when it is needed (its key was deleted): never asked, the next one goes on. It
 * keeps its place in the chain, which recorded answers are numbered by.
 */
export function unusableModel(spec: ModelSpec, fault: string): Model {
  const refuse = () => Promise.reject(new Error(fault))
  const language = {
    specificationVersion: 'v4' as const,
    provider: spec.provider,
    modelId: '',
    supportedUrls: {},
    doGenerate: refuse,
    doStream: refuse,
  }
  return { ...frameOf(spec), language, fault }
}

/** Everything about a model that does not depend on its vendor. */
function frameOf(spec: ModelSpec): Omit<Model, keyof Made | 'fault'> {
  const contextTokens = spec.contextTokens ?? DEFAULTS.contextTokens
  const scripted = spec.provider === 'scripted'
  const id = `${spec.provider}/${scripted ? basename(spec.file ?? '') : spec.name}`
  return {
    id,
    // An answer may not take more than a quarter of the window: the rest is for what it is about.
    maxOutputTokens: Math.min(spec.maxOutputTokens ?? DEFAULTS.maxOutputTokens, Math.floor(contextTokens / 4)),
    temperature: spec.temperature === undefined ? undefined : Number(spec.temperature),
    timeoutMs: spec.timeoutMs ?? DEFAULTS.timeoutMs,
    contextTokens,
    price: spec.price ?? (scripted ? FREE : listedPrice(id)),
  }
}

/** What `createModel` would refuse, without making anything: for manifests and flags. */
export function checkSpec(spec: ModelSpec, field: string): void {
  const refuse = (key: string, message: string, remedy: string): never => {
    throw new InputError(message, { field: `${field}.${key}`, remedy })
  }
  if (!PROVIDERS.includes(spec.provider))
    refuse('provider', `"${spec.provider}" is not a model provider`, `Use one of ${PROVIDERS.join(', ')}.`)
  if (spec.provider === 'scripted' && !spec.file)
    refuse('file', 'a scripted model needs a file', 'Give the path of the conversation, YAML or JSON.')
  if (spec.provider !== 'scripted' && !spec.name) refuse('name', 'the model has no name', 'Give the name that the vendor uses.')
  if ((spec.provider === 'anthropic' || spec.provider === 'openai') && !spec.apiKey) {
    refuse('apiKey', `${spec.provider} needs an API key`, 'Name a Secret in apiKeySecretRef, or give the server a key for this provider.')
  }
  if (spec.provider === 'openai-compatible' && !spec.baseURL) {
    refuse('baseURL', 'openai-compatible needs a baseURL', "Give the server's address, for instance http://ollama.ai:11434/v1.")
  }
  if (spec.baseURL !== undefined && !isHttpUrl(spec.baseURL))
    refuse('baseURL', `"${spec.baseURL}" is not an http or https URL`, 'Write it as https://host/v1.')
  if (spec.temperature !== undefined && !/^([01](\.\d{1,4})?|2(\.0{1,4})?)$/.test(spec.temperature)) {
    refuse('temperature', `"${spec.temperature}" is not a temperature`, 'Write a decimal from "0" to "2".')
  }
  checkRange('maxOutputTokens', spec.maxOutputTokens, MODEL_LIMITS.maxOutputTokens)
  checkRange('contextTokens', spec.contextTokens, MODEL_LIMITS.contextTokens)
  if (spec.timeoutMs !== undefined && !(spec.timeoutMs >= 1 && spec.timeoutMs <= MAX_TIMEOUT_MS))
    refuse('timeout', `${spec.timeoutMs} ms is out of range`, 'Give at most 15m.')

  function checkRange(key: keyof ModelSpec, value: number | undefined, { min, max }: { min: number; max: number }): void {
    if (value !== undefined && !(Number.isInteger(value) && value >= min && value <= max)) {
      refuse(key, `${value} is out of range`, `Give a whole number from ${min} to ${max}.`)
    }
  }
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
}
