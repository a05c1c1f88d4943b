import type { Api, Json } from '../api.ts'
import type { Keys } from './lookup.ts'

const KINDS = [
  ['ConfigMap', 'configmaps'],
  ['Secret', 'secrets'],
] as const

/** Which ConfigMaps and Secrets there are, and their keys. */
export class ConfigCache {
  readonly #api: Api
  readonly #known = new Map<string, Set<string>>()

  constructor(api: Api) {
    this.#api = api
  }

  watch(signal: AbortSignal): void {
    for (const [kind, resource] of KINDS) void this.#watch(kind, resource, signal)
  }

  readonly keys: Keys = (kind, namespace, name) => this.#known.get(`${kind}/${namespace}/${name}`)

  /** Asks, since a watch may be behind: an object that was made before the pod must not be missed by it. */
  async refresh(namespace: string): Promise<void> {
    for (const [kind, resource] of KINDS) {
      const { items } = await this.#api.get(`/api/v1/namespaces/${namespace}/${resource}`)
      for (const object of items) this.#learn(kind, object)
    }
  }

  async #watch(kind: string, resource: string, signal: AbortSignal): Promise<void> {
    for await (const { type, object } of this.#api.watch(`/api/v1/${resource}`, signal)) {
      if (type === 'DELETED') this.#known.delete(`${kind}/${object.metadata.namespace}/${object.metadata.name}`)
      else this.#learn(kind, object)
    }
  }

  #learn(kind: string, { metadata, data, binaryData }: Json): void {
    this.#known.set(
      `${kind}/${metadata.namespace}/${metadata.name}`,
      new Set([...Object.keys(data ?? {}), ...Object.keys(binaryData ?? {})]),
    )
  }
}
