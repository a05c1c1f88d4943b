import { InputError } from '#kit/errors'
import { PROVIDERS, type ModelSpec, type Provider } from './spec.ts'

/** Where the process keeps its own keys; sent to the vendor's own address only. */
export const KEY_VARIABLES = { anthropic: 'ANTHROPIC_API_KEY', openai: 'OPENAI_API_KEY' } as const

/**
 * `anthropic/claude-sonnet-5`, `openai/gpt-5`, `openai-compatible/llama3.3` (with a base URL), `scripted/path/to/file.yaml`,
 * as a person at a terminal writes it. The key comes from the environment, and never goes to a `baseURL`.
 */
export function modelFromFlag(
  text: string,
  options: { env: Readonly<Record<string, string | undefined>>; baseURL?: string; field?: string },
): ModelSpec {
  const field = options.field ?? '--model'
  const slash = text.indexOf('/')
  const provider = text.slice(0, slash === -1 ? undefined : slash) as Provider
  const name = slash === -1 ? '' : text.slice(slash + 1)
  if (!PROVIDERS.includes(provider) || name === '') {
    throw new InputError(`"${text}" is not a model`, {
      field,
      remedy: `Write PROVIDER/NAME, with one of ${PROVIDERS.join(', ')}: anthropic/claude-sonnet-5.`,
    })
  }
  if (provider === 'scripted') return { provider, file: name }
  const { baseURL } = options
  if (provider === 'openai-compatible') {
    if (!baseURL)
      throw new InputError(`${text} needs the address of its server`, {
        field,
        remedy: 'Give --model-url, for instance http://localhost:11434/v1.',
      })
    return { provider, name, baseURL }
  }
  const variable = KEY_VARIABLES[provider]
  const apiKey = options.env[variable]
  if (!apiKey) throw new InputError(`${text} needs an API key`, { field, remedy: `Set ${variable}.` })
  return { provider, name, apiKey }
}
