import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { errorText } from '#kit/errors'
import { ReadError } from '../reader.ts'
import type { Credentials } from './credentials.ts'

export interface ApiAnswer {
  status: number
  body: string
}

/** Raw GETs to an API server. */
export interface Api {
  /**
   * The answer, whatever its status; `path` begins with `/`. Waits and asks again when the server is busy (429, 503, 504), three times at most.
   * Throws a ReadError `Timeout` or `Unreachable`; an abort of `signal` is thrown as it is.
   */
  get(path: string, query: Record<string, string>, accept: string, signal?: AbortSignal): Promise<ApiAnswer>
  /** The server's clock by the last answer; null before the first. */
  now(): Date | null
  close(): void
}

export interface ApiOptions {
  /** Of one request, its whole answer included. Default 30 s. */
  timeoutMs?: number
  /** Bytes of an answer, unpacked. Default 256 MB. */
  maxBytes?: number
}

const TRIES = 4
/** A server may ask for any time; a person waits. */
const MAX_WAIT_MS = 10_000
const BUSY = new Set([429, 503, 504])

export function createApi(credentials: Credentials, { timeoutMs = 30_000, maxBytes = 256 << 20 }: ApiOptions = {}): Api {
  const { server, title } = credentials
  /** What the server's clock said, and when that was by our own, which is asked for differences only. */
  let clock: { server: number; here: number } | null = null

  async function once(url: URL, accept: string, signal: AbortSignal | undefined): Promise<ApiAnswer & { waitMs: number | null }> {
    const deadline = AbortSignal.timeout(timeoutMs)
    try {
      const options = await credentials.apply()
      const all = signal ? AbortSignal.any([signal, deadline]) : deadline
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const send = url.protocol === 'http:' ? httpRequest : httpsRequest
        const headers = { ...options.headers, Accept: accept, 'Accept-Encoding': 'gzip', 'User-Agent': 'inquest' }
        send(url, { ...options, headers, signal: all }, resolve)
          .on('error', reject)
          .end()
      })
      const seconds = Date.parse(response.headers.date ?? '')
      if (!Number.isNaN(seconds)) clock = { server: seconds, here: performance.now() }
      const body = await bodyOf(response, maxBytes)
      const wait = Number(response.headers['retry-after'])
      return { status: response.statusCode ?? 0, body, waitMs: Number.isFinite(wait) ? wait * 1_000 : null }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof ReadError) throw error
      if (deadline.aborted) throw new ReadError('Timeout', `${title} (${server.host}) did not answer within ${timeoutMs / 1_000} s`)
      throw new ReadError('Unreachable', `cannot reach ${title} (${server.host}): ${errorText(error)}`, { cause: error })
    }
  }

  return {
    async get(path, query, accept, signal) {
      const url = new URL(server)
      url.pathname = server.pathname.replace(/\/$/, '') + path
      url.search = new URLSearchParams(query).toString()
      for (let attempt = 1; ; attempt++) {
        const answer = await once(url, accept, signal)
        if (!BUSY.has(answer.status) || attempt === TRIES) return answer
        await sleep(Math.min(answer.waitMs ?? 250 * 2 ** attempt, MAX_WAIT_MS), undefined, signal ? { signal } : {})
      }
    },
    now: () => (clock ? new Date(clock.server + (performance.now() - clock.here)) : null),
    close: () => credentials.close(),
  }
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLarge = (): ReadError =>
    new ReadError('Unreachable', `the API server's answer is larger than ${Math.round(maxBytes / 2 ** 20)} MB`)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  if (response.headers['content-encoding'] !== 'gzip') return body.toString()
  const unpacked = await promisify(gunzip)(body, { maxOutputLength: maxBytes }).catch((error: unknown) => {
    throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : error
  })
  return unpacked.toString()
}
