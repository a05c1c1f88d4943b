import { createPrometheus, type Prometheus } from '#cluster'
import { createHttpClient } from '#kit/http'
import { prometheusOf, type AgentConfig } from './model-config.ts'

/** The Prometheus that was named, for the diagnosis; null: none was. */
export function openPrometheus(config: AgentConfig): { prometheus: Prometheus | null; close(): Promise<void> } {
  const named = prometheusOf(config)
  if (!named) return { prometheus: null, close: async () => undefined }
  const http = createHttpClient({ profile: 'configured' })
  return { prometheus: createPrometheus({ ...named, http }), close: () => http.close() }
}
