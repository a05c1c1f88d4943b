import type { Api, Json } from './api.ts'

/** Where objects of a kind live in the API, asked of discovery once for each group. */
export class Resources {
  readonly #api: Api
  readonly #groups = new Map<string, Json[]>()

  constructor(api: Api) {
    this.#api = api
  }

  async path(object: { apiVersion: string; kind: string; namespace?: string; name?: string }): Promise<string> {
    const { apiVersion, kind, name } = object
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const resource = (await this.#resourcesOf(root)).find((r) => r.kind === kind && !r.name.includes('/'))
    if (!resource) throw new Error(`the API server knows no ${kind} in ${apiVersion}`)
    const scope = resource.namespaced ? `/namespaces/${object.namespace ?? 'default'}` : ''
    return `${root}${scope}/${resource.name}${name ? `/${name}` : ''}`
  }

  async #resourcesOf(root: string): Promise<Json[]> {
    const known = this.#groups.get(root)
    if (known) return known
    const { resources } = await this.#api.get(root)
    this.#groups.set(root, resources)
    return resources
  }
}
