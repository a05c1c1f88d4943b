import type { ResourceType } from '../reader.ts'
import { createApi, type ApiOptions } from './api.ts'
import { loadCredentials, type CredentialOptions } from './credentials.ts'
import { watchResource, type Watch, type WatchOptions } from './watch.ts'

/** Watches with one identity, and nothing else. */
export interface Watcher {
  /** For people: `this cluster as ServiceAccount shop/inquest-agent`. */
  readonly title: string
  watch(type: ResourceType, options: WatchOptions): Watch
  /** Ends the connections; watches are closed by whoever opened them, before. */
  close(): void
}

/** Nothing is asked yet. A watch holds its connection, hence no limit of them. */
export async function openWatcher(options: CredentialOptions & ApiOptions = {}): Promise<Watcher> {
  const credentials = await loadCredentials({ ...options, maxSockets: Infinity })
  const api = createApi(credentials, options)
  const { title } = credentials
  return { title, watch: (type, watchOptions) => watchResource(api, title, type, watchOptions), close: () => api.close() }
}
