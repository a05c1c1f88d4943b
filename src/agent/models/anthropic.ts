import { createAnthropic } from '@ai-sdk/anthropic'
import type { Fetch, Made } from './model.ts'
import type { ModelSpec } from './spec.ts'

const PUBLIC_URL = 'https://api.anthropic.com/v1'

/** Anthropic Messages. The URL is always given: the package would otherwise take it from the process's environment. */
export function makeAnthropic(spec: ModelSpec, fetch: Fetch): Made {
  const provider = createAnthropic({ baseURL: spec.baseURL ?? PUBLIC_URL, apiKey: spec.apiKey!, headers: { ...spec.headers }, fetch })
  return { language: provider.languageModel(spec.name!), cacheMark: { anthropic: { cacheControl: { type: 'ephemeral' } } } }
}
