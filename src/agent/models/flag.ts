import { InputError } from '#kit/errors'
import { KEY_VARIABLES, PROVIDERS, type Provider } from '#kinds/model'
import type { ModelSpec } from './spec.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * `anthropic/claude-sonnet-5`, `openai/gpt-5`, `openai-compatible/llama3.3` with a base URL, `scripted/path/to/file.yaml`,
 * as the person writes it who also owns the environment that the key comes from; `apiKey` goes before it.
 */
export function modelFromFlag(text: string, options: { env: Env; baseURL?: string; apiKey?: string; field?: string }): ModelSpec {
  const field = options.field ?? '--model'
  const slash = text.indexOf('/')
  const provider = text.slice(0, slash === -1 ? undefined : slash) as Provider
  const name = slash === -1 ? '' : text.slice(slash + 1)
  if (!PROVIDERS.includes(provider) || name === '') {
    const remedy = `Write PROVIDER/NAME, with one of ${PROVIDERS.join(', ')}: anthropic/claude-sonnet-5.`
    throw new InputError(`"${text}" is not a model`, { field, remedy })
  }
  if (provider === 'scripted') return { provider, file: name }
  const apiKey = options.apiKey ?? options.env[KEY_VARIABLES[provider]]
  const spec: ModelSpec = { provider, name, ...(options.baseURL ? { baseURL: options.baseURL } : {}), ...(apiKey ? { apiKey } : {}) }
  if (provider === 'openai-compatible' && !spec.baseURL) {
    throw new InputError(`${text} needs the address of its server`, {
      field,
      remedy: 'Give it with --model-base-url, for instance http://localhost:11434/v1.',
    })
  }
  if (provider !== 'openai-compatible' && !apiKey) {
    throw new InputError(`${text} needs an API key`, { field, remedy: `Set ${KEY_VARIABLES[provider]}, or give --model-api-key-file.` })
  }
  return spec
}
