import { Agent, request } from 'undici'

/** One write in etcd's history; a deletion has no value. */
export interface Change {
  key: string
  revision: number
  value: string | null
  lease: string | undefined
}

const encode = (text: string) => Buffer.from(text).toString('base64')
const decode = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString()

/** etcd through the JSON gateway that it has built in: no gRPC client is needed for four calls. */
export class Etcd {
  readonly #url: string
  readonly #agent = new Agent({ bodyTimeout: 0 })

  constructor(url: string) {
    this.#url = url
  }

  /** Grows with every write of anybody: when it stands still, the cluster has come to rest. */
  async revision(): Promise<number> {
    const answer = (await this.#call('/v3/maintenance/status', {})) as { header: { revision: string } }
    return Number(answer.header.revision)
  }

  /** Every write there has been, in order. Nothing is compacted in the few minutes that a recording takes. */
  async history(until: number): Promise<Change[]> {
    const create_request = { key: encode('/registry/'), range_end: encode('/registry0'), start_revision: '1' }
    const abort = new AbortController()
    const response = await request(`${this.#url}/v3/watch`, {
      dispatcher: this.#agent,
      method: 'POST',
      body: JSON.stringify({ create_request }),
      signal: abort.signal,
    })
    const changes: Change[] = []
    let rest = ''
    try {
      for await (const chunk of response.body.setEncoding('utf8')) {
        const lines = (rest + String(chunk)).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const { result } = JSON.parse(line) as WatchAnswer
          for (const { type, kv } of result.events ?? []) {
            const revision = Number(kv.mod_revision)
            if (revision > until) return changes
            changes.push({ key: decode(kv.key), revision, value: type === 'DELETE' ? null : decode(kv.value), lease: kv.lease })
            if (revision === until) return changes
          }
        }
      }
      return changes
    } finally {
      // Ends the endless answer; what is still in flight of it is of no interest.
      response.body.on('error', () => {})
      abort.abort()
    }
  }

  async put(key: string, value: string, lease?: string): Promise<void> {
    await this.#call('/v3/kv/put', { key: encode(key), value: encode(value), ...(lease ? { lease } : {}) })
  }

  async remove(key: string): Promise<void> {
    await this.#call('/v3/kv/deleterange', { key: encode(key) })
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #call(path: string, body: unknown): Promise<unknown> {
    const response = await request(this.#url + path, { dispatcher: this.#agent, method: 'POST', body: JSON.stringify(body) })
    const text = await response.body.text()
    if (response.statusCode !== 200) throw new Error(`etcd ${path}: ${response.statusCode} ${text}`)
    return JSON.parse(text)
  }
}

interface WatchAnswer {
  result: { events?: { type?: 'DELETE'; kv: { key: string; value?: string; mod_revision: string; lease?: string } }[] }
}
