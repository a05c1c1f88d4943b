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

/** Something to be written. */
export interface ApiWrite {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  query?: Record<string, string>
  body: unknown
  /** Default `application/json`. */
  contentType?: string
}

/** An answer that goes on for as long as both sides like. */
export interface ApiStream {
  status: number
  /** What the server wishes for, milliseconds; null when it does not say. */
  retryAfterMs: number | null
  body: AsyncIterable<Buffer>
  /** Ends the connection. */
  close(): void
}

/** Raw requests to an API server. */
export interface Api {
  /**
   * The answer, whatever its status; `path` begins with `/`. Waits and asks again when the server is busy (429, 503, 504), three times at most.
   * Throws a ReadError `Timeout` or `Unreachable`; an abort of `signal` is thrown as it is.
   */
  get(
    path: string,
    query: Record<string, string>,
    accept: string,
    signal?: AbortSignal,
    headers?: Readonly<Record<string, string>>,
  ): Promise<ApiAnswer>
  /** The same for what changes something: sent again after a 429 only, which says that nothing was done. */
  write(write: ApiWrite, signal?: AbortSignal): Promise<ApiAnswer>
  /** One GET whose answer has no end. Its head must come within the time limit; the body may take any time and is not limited in size. */
  stream(path: string, query: Record<string, string>, signal: AbortSignal): Promise<ApiStream>
  /** The server's clock by the last answer; null before the first. */
  now(): Date | null
  /** For how many milliseconds every request has failed without any answer; 0: the last one was answered, or none was made. */
  silentMs(): number
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

interface Outgoing {
  method: string
  headers: Record<string, string>
  body?: string
}

export function createApi(credentials: Credentials, { timeoutMs = 30_000, maxBytes = 256 << 20 }: ApiOptions = {}): Api {
  const { server, title } = credentials
  /** What the server's clock said, and when that was by our own, which is asked for differences only. */
  let clock: { server: number; here: number } | null = null
  let silentSince: number | null = null

  const urlOf = (path: string, query: Record<string, string>): URL => {
    const url = new URL(server)
    url.pathname = server.pathname.replace(/\/$/, '') + path
    url.search = new URLSearchParams(query).toString()
    return url
  }

  /** The head of the answer. The signal ends the connection, also while the body is read. */
  async function open(url: URL, { method, headers, body }: Outgoing, signal: AbortSignal): Promise<IncomingMessage> {
    const options = await credentials.apply()
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'http:' ? httpRequest : httpsRequest
      const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
      const all = { ...options.headers, ...headers, ...length, 'User-Agent': 'inquest' }
      send(url, { ...options, method, headers: all, signal }, resolve)
        .on('error', reject)
        .end(body)
    })
    const seconds = Date.parse(response.headers.date ?? '')
    if (!Number.isNaN(seconds)) clock = { server: seconds, here: performance.now() }
    silentSince = null
    return response
  }

  /** In the reader's words, unless it was the caller who ended it. */
  function explained(error: unknown, deadline: AbortSignal, signal: AbortSignal | undefined): unknown {
    signal?.throwIfAborted()
    if (error instanceof ReadError) return error
    silentSince ??= performance.now()
    if (deadline.aborted) return new ReadError('Timeout', `${title} (${server.host}) did not answer within ${timeoutMs / 1_000} s`)
    return new ReadError('Unreachable', `cannot reach ${title} (${server.host}): ${errorText(error)}`, { cause: error })
  }

  async function once(url: URL, outgoing: Outgoing, signal: AbortSignal | undefined): Promise<ApiAnswer & { waitMs: number | null }> {
    const deadline = AbortSignal.timeout(timeoutMs)
    try {
      const response = await open(url, outgoing, signal ? AbortSignal.any([signal, deadline]) : deadline)
      const body = await bodyOf(response, maxBytes)
      return { status: response.statusCode ?? 0, body, waitMs: retryAfter(response) }
    } catch (error) {
      throw explained(error, deadline, signal)
    }
  }

  async function patiently(url: URL, outgoing: Outgoing, busy: (status: number) => boolean, signal?: AbortSignal): Promise<ApiAnswer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await once(url, outgoing, signal)
      // A token ends with its ServiceAccount, also when that is made anew.
      if (answer.status === 401 && attempt === 1 && credentials.refused()) continue
      if (!busy(answer.status) || attempt === TRIES) return answer
      await sleep(Math.min(answer.waitMs ?? 250 * 2 ** attempt, MAX_WAIT_MS), undefined, signal ? { signal } : {})
    }
  }

  return {
    get: (path, query, accept, signal, headers) =>
      patiently(
        urlOf(path, query),
        { method: 'GET', headers: { ...headers, Accept: accept, 'Accept-Encoding': 'gzip' } },
        (code) => BUSY.has(code),
        signal,
      ),
    write: ({ method, path, query = {}, body, contentType = 'application/json' }, signal) =>
      patiently(
        urlOf(path, query),
        { method, headers: { Accept: 'application/json', 'Content-Type': contentType }, body: JSON.stringify(body) },
        (code) => code === 429,
        signal,
      ),
    async stream(path, query, signal) {
      const head = new AbortController()
      const timer = setTimeout(() => head.abort(), timeoutMs)
      try {
        const outgoing = { method: 'GET', headers: { Accept: 'application/json' } }
        const response = await open(urlOf(path, query), outgoing, AbortSignal.any([signal, head.signal]))
        return {
          status: response.statusCode ?? 0,
          retryAfterMs: retryAfter(response),
          body: response,
          close: () => response.destroy(),
        }
      } catch (error) {
        throw explained(error, head.signal, signal)
      } finally {
        clearTimeout(timer)
      }
    },
    silentMs: () => (silentSince === null ? 0 : performance.now() - silentSince),
    now: () => (clock ? new Date(clock.server + (performance.now() - clock.here)) : null),
    close: () => credentials.close(),
  }
}

function retryAfter(response: IncomingMessage): number | null {
  const seconds = Number(response.headers['retry-after'] ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1_000 : null
}

/**
 * What a gzip says to hold, so that it is unpacked into one piece: in pieces of zlib's own 16 kB a page of pods is hundreds of them, and twice
 * its size in memory. A server that says nonsense costs 16 MB at most.
 */
function unpackedSize(gzip: Buffer): number {
  const said = gzip.length < 8 ? 0 : gzip.readUInt32LE(gzip.length - 4) + 1
  return Math.min(Math.max(said, 1 << 14), 1 << 24)
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
  const unpacked = await promisify(gunzip)(body, { maxOutputLength: maxBytes, chunkSize: unpackedSize(body) }).catch((error: unknown) => {
    throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : error
  })
  return unpacked.toString()
}
