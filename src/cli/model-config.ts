import { readFileSync } from 'node:fs'
import type { ModelSpec } from '#agent'
import { InputError } from '#kit/errors'
import { KEY_VARIABLES, type Provider } from '#kinds/model'

/** What a person says of models and Prometheus, for `serve`, `investigate` and `demo` alike. */
export interface AgentConfig {
  model?: string | undefined
  modelBaseUrl?: string | undefined
  modelApiKeyFile?: string | undefined
  prometheusUrl?: string | undefined
  prometheusTokenFile?: string | undefined
  prometheusUsername?: string | undefined
  prometheusPasswordFile?: string | undefined
  kubectl?: string | undefined
}

/** What `investigate` and `eval` take beside. */
export interface AskOptions extends AgentConfig {
  goal?: string
  /** A runbook's name, or a file. */
  runbook?: string
}

type Env = Readonly<Record<string, string | undefined>>

/** The model of `--model`, with its key; null without one. Throws an InputError that names the flag. */
export async function modelOf(config: AskOptions, env: Env): Promise<ModelSpec | null> {
  const { model, modelBaseUrl: baseURL, modelApiKeyFile, goal, runbook } = config
  if (!model) {
    for (const [flag, value, whose] of [
      ['--model-base-url', baseURL, 'it could be for'],
      ['--model-api-key-file', modelApiKeyFile, 'it could be for'],
      ['--goal', goal, 'could follow a goal'],
      ['--runbook', runbook, 'could go by a runbook'],
    ] as const)
      if (value) throw new InputError(`there is no model that ${whose}`, { field: flag, remedy: 'Give --model, too, or drop it.' })
    return null
  }
  const apiKey = modelApiKeyFile ? readSecretFile(modelApiKeyFile, '--model-api-key-file') : undefined
  const { createModel, modelFromFlag, checkSpec } = await import('#agent')
  const spec = modelFromFlag(model, { env, ...(baseURL ? { baseURL } : {}), ...(apiKey ? { apiKey } : {}) })
  checkSpec(spec, '--model')
  // A script that is missing or does not parse is told now, and not at the first alert. Making a model asks nobody.
  if (spec.provider === 'scripted') createModel(spec, { fetch: () => Promise.reject(new Error('a script asks nobody')), field: '--model' })
  return spec
}

/**
 * The process's own keys for the vendors' own addresses. A key file counts for its model's provider, unless it belongs to
 * another address.
 */
export function ownKeys(config: AgentConfig, env: Env): ReadonlyMap<Provider, string> {
  const keys = new Map<Provider, string>()
  for (const provider of ['anthropic', 'openai'] as const) {
    const fromFile = config.modelApiKeyFile && !config.modelBaseUrl && config.model?.startsWith(`${provider}/`)
    const key = fromFile ? readSecretFile(config.modelApiKeyFile!, '--model-api-key-file') : env[KEY_VARIABLES[provider]]
    if (key) keys.set(provider, key)
  }
  return keys
}

/** Where Prometheus is and how it lets us in; null: none is configured. Files are read anew for each query. */
export function prometheusOf(
  config: AgentConfig,
): { url: string; auth?: () => { bearer: string } | { username: string; password: string } } | null {
  const { prometheusUrl: url, prometheusTokenFile: token, prometheusUsername: username, prometheusPasswordFile: password } = config
  const refuse = (field: string, message: string, remedy: string): never => {
    throw new InputError(message, { field, remedy })
  }
  if (token && username) refuse('--prometheus-token-file', 'a token and a user name exclude each other', 'Drop one of them.')
  if (Boolean(username) !== Boolean(password))
    refuse(username ? '--prometheus-password-file' : '--prometheus-username', 'a user name and a password go together', 'Give both.')
  if (!url) {
    if (token || username) refuse('--prometheus-url', 'there is no Prometheus that the credentials could be for', 'Give its address, too.')
    return null
  }
  const auth = token
    ? () => ({ bearer: readSecretFile(token, '--prometheus-token-file') })
    : username && password
      ? () => ({ username, password: readSecretFile(password, '--prometheus-password-file') })
      : undefined
  // A file that cannot be read is told at the start.
  auth?.()
  return { url, ...(auth ? { auth } : {}) }
}

function readSecretFile(path: string, field: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${(error as Error).message}`, { field, remedy: 'Give a readable file.' })
  }
  if (text === '') throw new InputError(`${path} is empty`, { field, remedy: 'Write the secret into it.' })
  return text
}
