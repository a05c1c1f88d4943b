import type { Provider } from '#kinds/model'

/** Which model to ask and how; secrets are resolved. `createModel` checks it. */
export interface ModelSpec {
  provider: Provider
  /** As the vendor writes it; every provider but scripted needs one. */
  name?: string
  /** scripted only: the path of the conversation, YAML or JSON. */
  file?: string
  /** Default: the vendor's own; required for openai-compatible (`http://ollama:11434/v1`). */
  baseURL?: string
  /** Required for anthropic and openai. */
  apiKey?: string
  /** Default 8192, and never more than a quarter of `contextTokens`. */
  maxOutputTokens?: number
  /** A decimal string, since the API has no floats. Default: the vendor's. */
  temperature?: string
  /** For one call, milliseconds. Default 120,000. */
  timeoutMs?: number
  /** What the model can read at once. Default 128,000; a local model may have 8,192. */
  contextTokens?: number
  headers?: Readonly<Record<string, string>>
  /** US dollars for a million tokens, instead of our table. */
  price?: Price
}

/** US dollars for a million tokens. */
export interface Price {
  input: number
  output: number
  /** Default: as `input`. */
  cacheRead?: number
  /** Default: as `input`. */
  cacheWrite?: number
}
