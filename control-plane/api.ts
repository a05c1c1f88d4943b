import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'

/** Any Kubernetes object, as loose as JSON is: this is test code that touches every kind. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any

export interface KubeObject {
  apiVersion?: string
  kind?: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    resourceVersion?: string
    creationTimestamp?: string
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[]
    [key: string]: Json
  }
  spec?: Json
  status?: Json
  [key: string]: Json
}

export class ApiError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  object: KubeObject
}

/**
 * A client of the API server over plain JSON. `userAgent` matters: the API server names the field manager after its first word,
 * so what the simulated kubelet writes is owned by `kubelet`, as it would be.
 */
export class Api {
  readonly #agent: Agent
  readonly #base: string
  readonly #headers: Record<string, string>

  constructor(url: string, token: string, caFile: string, userAgent: string) {
    this.#agent = new Agent({ connect: { ca: readFileSync(caFile) }, connections: 16, bodyTimeout: 0, headersTimeout: 30_000 })
    this.#base = url
    this.#headers = { authorization: `Bearer ${token}`, 'user-agent': userAgent, accept: 'application/json' }
  }

  async text(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: Json, type = 'application/json'): Promise<string> {
    const response = await request(this.#base + path, {
      dispatcher: this.#agent,
      method,
      headers: body === undefined ? this.#headers : { ...this.#headers, 'content-type': type },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await response.body.text()
    if (response.statusCode < 300) return text
    throw new ApiError(response.statusCode, `${method} ${path}: ${response.statusCode} ${messageOf(text)}`)
  }

  async get(path: string): Promise<Json> {
    return JSON.parse(await this.text('GET', path))
  }
  async create(path: string, object: Json): Promise<Json> {
    return JSON.parse(await this.text('POST', path, object))
  }
  async replace(path: string, object: Json): Promise<Json> {
    return JSON.parse(await this.text('PUT', path, object))
  }
  async merge(path: string, patch: Json): Promise<Json> {
    return JSON.parse(await this.text('PATCH', path, patch, 'application/merge-patch+json'))
  }
  async strategicMerge(path: string, patch: Json): Promise<Json> {
    return JSON.parse(await this.text('PATCH', path, patch, 'application/strategic-merge-patch+json'))
  }
  /** Server-side apply; JSON is YAML enough for it. */
  async apply(path: string, object: Json, fieldManager: string): Promise<Json> {
    return JSON.parse(await this.text('PATCH', `${path}?fieldManager=${fieldManager}&force=true`, object, 'application/apply-patch+yaml'))
  }
  async delete(path: string, options: Json = {}): Promise<void> {
    await this.text('DELETE', path, { kind: 'DeleteOptions', apiVersion: 'v1', ...options })
  }

  /** Lists, then watches, for ever, until the signal: the caller sees one stream of events and need not know of expired versions. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    while (!signal.aborted) {
      try {
        const list = await this.get(path)
        for (const object of list.items ?? []) yield { type: 'ADDED', object }
        yield* this.#watchFrom(path, list.metadata.resourceVersion, signal)
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof ApiError && error.status !== 410) throw error
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    }
  }

  async *#watchFrom(path: string, resourceVersion: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const url = `${this.#base}${path}${path.includes('?') ? '&' : '?'}watch=true&resourceVersion=${resourceVersion}`
    const response = await request(url, { dispatcher: this.#agent, headers: this.#headers, signal })
    let rest = ''
    for await (const chunk of response.body.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const event = JSON.parse(line) as WatchEvent
        if (event.type === 'ERROR') return
        yield event
      }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}

function messageOf(text: string): string {
  try {
    return String(JSON.parse(text).message ?? text)
  } catch {
    return text
  }
}
