import { createPrometheus, withinNamespace, type ClusterReader, type Prometheus } from '#cluster'
import { createHttpClient } from '#kit/http'
import { prometheusOf, type AgentConfig } from './model-config.ts'

/** The Prometheus that was named, for the diagnosis; null: none was. */
export function openPrometheus(config: AgentConfig): { prometheus: Prometheus | null; close(): Promise<void> } {
  const named = prometheusOf(config)
  if (!named) return { prometheus: null, close: async () => undefined }
  const http = createHttpClient({ profile: 'configured' })
  return { prometheus: createPrometheus({ ...named, http }), close: () => http.close() }
}

/** As much of it as whoever reads the cluster may see. */
export async function prometheusFor(reader: ClusterReader, prometheus: Prometheus | null): Promise<Prometheus | null> {
  const namespace = prometheus ? await reader.metricsNamespace?.() : null
  return prometheus && namespace ? withinNamespace(prometheus, namespace) : prometheus
}
