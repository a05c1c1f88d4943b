import { createOpenAI } from '@ai-sdk/openai'
import type { Fetch, Made } from './model.ts'
import type { ModelSpec } from './spec.ts'

const PUBLIC_URL = 'https://api.openai.com/v1'

/** OpenAI Responses. Nothing is kept at the vendor (`store: false`): every request carries the whole conversation. */
export function makeOpenAI(spec: ModelSpec, fetch: Fetch): Made {
  const provider = createOpenAI({ baseURL: spec.baseURL ?? PUBLIC_URL, apiKey: spec.apiKey!, headers: { ...spec.headers }, fetch })
  return { language: provider.responses(spec.name!), providerOptions: { openai: { store: false } } }
}
