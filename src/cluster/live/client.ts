import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject, ResourceType } from '../reader.ts'
import { createApi, type ApiOptions } from './api.ts'
import { parse, pathOf, statusIn } from './answer.ts'
import { loadCredentials, type CredentialOptions } from './credentials.ts'
import { watchResource, type Watch, type WatchOptions } from './watch.ts'
import { createWriter, type ClusterWriter } from './writer.ts'

/**
 * The operator's own connection to the API server, with the process's own identity: what it watches, and the few things that it
 * writes. Investigations never use it: they read through a ClusterReader, with their Workflow's identity.
 */
export interface ClusterClient extends ClusterWriter {
  /** What it is connected to, for people: `this cluster`, `context prod-eu`. */
  readonly title: string
  /** Objects of a type in memory, kept up to date. */
  watch(type: ResourceType, options: WatchOptions): Watch
  /** One object as it is now, a Secret with its data; null when there is none. Throws a ReadError. */
  get(type: ResourceType, namespace: string | null, name: string, signal?: AbortSignal): Promise<KubeObject | null>
  /**
   * What the server knows of the kinds of a group and version, by kind: OpenAPI v3 schemas. Whoever is authenticated may ask. Empty when
   * it does not serve them. Throws a ReadError.
   */
  schemas(apiVersion: string, signal?: AbortSignal): Promise<ReadonlyMap<string, any>>
  /** For how long the API server has not answered anything, milliseconds; 0: it does. */
  silentMs(): number
  /** Where the API server is: `host:port` by its name and by each address that the name has now, as far as that is known within 2 s. */
  addresses(): Promise<string[]>
  /** Asks for no more than an answer. Throws a ReadError when there is none. */
  ping(signal?: AbortSignal): Promise<void>
  /** Ends the connections; watches are closed by whoever opened them, before. */
  close(): Promise<void>
}

/** As with every live cluster: a kubeconfig, else the pod's own ServiceAccount. Nothing is asked yet. */
export async function openClusterClient(options: CredentialOptions & ApiOptions = {}): Promise<ClusterClient> {
  // A watch holds its connection; with a limit, many of them would leave none for requests.
  const credentials = await loadCredentials({ ...options, maxSockets: Infinity })
  const api = createApi(credentials, options)
  const { title } = credentials
  return {
    title,
    watch: (type, watchOptions) => watchResource(api, title, type, watchOptions),
    async get(type, namespace, name, signal) {
      const path = `${pathOf(type, type.namespaced ? namespace : null)}/${encodeURIComponent(name)}`
      const answer = await api.get(path, {}, 'application/json', signal)
      if (answer.status === 404 && statusIn(answer)?.details?.name) return null
      return parse(answer, `get ${type.plural} ${namespace ? `${namespace}/` : ''}${name}`, title) as KubeObject
    },
    async schemas(apiVersion, signal) {
      const answer = await api.get(`/openapi/v3/apis/${apiVersion}`, {}, 'application/json', signal)
      if (answer.status === 404) return new Map()
      const { components } = parse(answer, `read the OpenAPI document of ${apiVersion}`, title)
      const all: { 'x-kubernetes-group-version-kind'?: { kind: string }[] }[] = Object.values(components?.schemas ?? {})
      return new Map(
        all.flatMap((schema) => (schema['x-kubernetes-group-version-kind'] ?? []).slice(0, 1).map(({ kind }) => [kind, schema] as const)),
      )
    },
    ...createWriter(api, title),
    silentMs: () => api.silentMs(),
    addresses: () => addressesOf(credentials.server),
    async ping(signal) {
      await api.get('/version', {}, 'application/json', signal)
    },
    close: async () => api.close(),
  }
}

const LOOKUP_MS = 2_000

async function addressesOf(server: URL): Promise<string[]> {
  const host = server.hostname.replace(/^\[|\]$/g, '')
  const port = server.port || (server.protocol === 'https:' ? '443' : '80')
  const looking = isIP(host) === 0 ? lookup(host, { all: true }).catch(() => []) : []
  const found = await Promise.race([looking, sleep(LOOKUP_MS, [], { ref: false })])
  return [host, ...found.map(({ address }) => address)].map((one) => `${one}:${port}`)
}
