import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { Fetch, Made } from './model.ts'
import type { ModelSpec } from './spec.ts'

/** Chat completions as Ollama, vLLM, LiteLLM and others speak them; a key only where the server wants one. */
export function makeOpenAICompatible(spec: ModelSpec, fetch: Fetch): Made {
  const provider = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: spec.baseURL!,
    ...(spec.apiKey ? { apiKey: spec.apiKey } : {}),
    headers: { ...spec.headers },
    fetch,
  })
  return { language: provider.chatModel(spec.name!) }
}
