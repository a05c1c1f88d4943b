import { InputError } from '#kit/errors'
import { PROVIDERS, type ModelSpec, type Provider } from './spec.ts'

/** Where a process keeps its own keys. */
const KEY_VARIABLES = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  'openai-compatible': 'INQUEST_MODEL_API_KEY',
} as const

type Env = Readonly<Record<string, string | undefined>>

/**
 * The spec with the process's own key, if it has none and goes to the vendor's own address. A spec with a `baseURL` (a
 * Workflow's author wrote it) is given back as it is: our key must not arrive there.
 */
export function withOwnKey(spec: ModelSpec, env: Env): ModelSpec {
  if (spec.apiKey || spec.baseURL || (spec.provider !== 'anthropic' && spec.provider !== 'openai')) return spec
  const apiKey = env[KEY_VARIABLES[spec.provider]]
  return apiKey ? { ...spec, apiKey } : spec
}

/**
 * `anthropic/claude-sonnet-5`, `openai/gpt-5`, `openai-compatible/llama3.3` with a base URL, `scripted/path/to/file.yaml`,
 * as the person writes it who also owns the environment that the key comes from.
 */
export function modelFromFlag(text: string, options: { env: Env; baseURL?: string; field?: string }): ModelSpec {
  const field = options.field ?? '--model'
  const slash = text.indexOf('/')
  const provider = text.slice(0, slash === -1 ? undefined : slash) as Provider
  const name = slash === -1 ? '' : text.slice(slash + 1)
  if (!PROVIDERS.includes(provider) || name === '') {
    const remedy = `Write PROVIDER/NAME, with one of ${PROVIDERS.join(', ')}: anthropic/claude-sonnet-5.`
    throw new InputError(`"${text}" is not a model`, { field, remedy })
  }
  if (provider === 'scripted') return { provider, file: name }
  const apiKey = options.env[KEY_VARIABLES[provider]]
  const spec: ModelSpec = { provider, name, ...(options.baseURL ? { baseURL: options.baseURL } : {}), ...(apiKey ? { apiKey } : {}) }
  if (provider === 'openai-compatible' && !spec.baseURL) {
    throw new InputError(`${text} needs the address of its server`, {
      field,
      remedy: 'Give its base URL, for instance http://localhost:11434/v1.',
    })
  }
  if (provider !== 'openai-compatible' && !apiKey) {
    throw new InputError(`${text} needs an API key`, { field, remedy: `Set ${KEY_VARIABLES[provider]}.` })
  }
  return spec
}
