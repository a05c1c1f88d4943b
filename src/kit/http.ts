import type { LookupAddress } from 'node:dns'
import { lookup as dnsLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { getCACertificates } from 'node:tls'
import { callbackify } from 'node:util'
import { Agent, buildConnector, fetch, type Response } from 'undici'
import { systemClock, type Clock } from './clock.ts'
import { InputError, RetryableError, TerminalError } from './errors.ts'
import { createGuard, type Guard, type GuardOptions } from './http-guard.ts'
import { redact } from './redact.ts'

/** The only way out. Every request has a total time, every answer a size, every address (of each redirect, too) is checked. */
export interface HttpClient {
  /**
   * Any status is an answer; `expectSuccess` turns the bad ones into errors. Throws a RetryableError when nobody answered
   * in time, a TerminalError when the address is refused or the answer cannot be used, an InputError for a URL that is
   * none. An abort of `signal` is thrown as it is.
   */
  request(request: HttpRequest): Promise<HttpResponse>
  close(): Promise<void>
}

export interface HttpClientOptions extends GuardOptions {
  /** Milliseconds: until a connection stands (default 5 s), until the first byte (15 s), between bytes (15 s), in all (30 s). */
  timeouts?: { connect?: number; headers?: number; body?: number; total?: number }
  /** Size of an answer, unpacked. Default 4 MiB. */
  maxBytes?: number
  /** PEM of authorities that are trusted beside the system's own. */
  ca?: string
  /** Name → addresses; default: the system's resolver. */
  resolve?: Resolve
  clock?: Clock
}

export interface HttpRequest {
  url: string
  /** Default GET. Only GET and HEAD follow redirects, at most 5, and take no headers of yours to another host. */
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  headers?: Readonly<Record<string, string>>
  body?: string
  signal?: AbortSignal
  /** In all; default: the client's. */
  timeoutMs?: number
  /** true: an answer that is too large is cut and not refused. */
  truncate?: boolean
}

export interface HttpResponse {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  text: string
  truncated: boolean
  /** Where the answer came from, after redirects. */
  url: string
  /** The other side's Retry-After in milliseconds, at most an hour; null when there is none. */
  retryAfterMs: number | null
}

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

const systemResolve: Resolve = (hostname) => dnsLookup(hostname, { all: true })
const DEFAULTS = { connect: 5_000, headers: 15_000, body: 15_000, total: 30_000 }
const MAX_REDIRECTS = 5
const MAX_BYTES = 4 * 1024 * 1024
const MAX_RETRY_AFTER = 3_600_000

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const guard = createGuard(options)
  const timeouts = { ...DEFAULTS, ...options.timeouts }
  const clock = options.clock ?? systemClock
  const dispatcher = new Agent({
    connect: guardedConnector(guard, options.resolve ?? systemResolve, timeouts.connect, options.ca),
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.body,
    connections: 16,
  })

  async function request(request: HttpRequest): Promise<HttpResponse> {
    const total = request.timeoutMs ?? timeouts.total
    const deadline = AbortSignal.timeout(total)
    const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline
    const method = request.method ?? 'GET'
    let url = parseUrl(request.url)
    let headers: Record<string, string> = { 'user-agent': 'inquest', ...request.headers }
    try {
      for (let hop = 0; ; hop++) {
        checkLiteral(guard, url)
        const response = await fetch(url, { method, headers, body: request.body ?? null, redirect: 'manual', signal, dispatcher })
        const location = response.headers.get('location')
        if (response.status < 300 || response.status >= 400 || location === null) {
          return await readResponse(response, url, {
            max: options.maxBytes ?? MAX_BYTES,
            truncate: request.truncate ?? false,
            now: clock.now(),
          })
        }
        await response.body?.cancel()
        const next = redirectTarget(location, url, method, hop)
        if (next.origin !== url.origin) headers = { 'user-agent': 'inquest', accept: headers['accept'] ?? '*/*' }
        url = next
      }
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason
      if (deadline.aborted) throw new RetryableError(`${url.host} did not answer within ${total / 1_000} s`)
      throw transportError(error, url)
    }
  }

  return { request, close: () => dispatcher.destroy() }
}

/** 2xx passes. 408, 425, 429 and 5xx throw a RetryableError with the other side's wish, all else a TerminalError. */
export function expectSuccess(response: HttpResponse): HttpResponse {
  if (response.status >= 200 && response.status < 300) return response
  const said = redact(response.text.slice(0, 2_000)).replace(/\s+/g, ' ').trim().slice(0, 300)
  const message = `${new URL(response.url).host} answered ${response.status}${said ? `: ${said}` : ''}`
  if ([408, 425, 429].includes(response.status) || response.status >= 500)
    throw new RetryableError(message, { retryAfterMs: response.retryAfterMs })
  throw new TerminalError(message)
}

/** Seconds or an HTTP date → milliseconds from `now`, 0 … 1 h; null when it is neither. */
export function parseRetryAfter(header: string | null | undefined, now: Date): number | null {
  const text = header?.trim()
  if (!text) return null
  const ms = /^[0-9]+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime()
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER)
}

/**
 * Resolves once, checks every address, and connects to just those. The port is only known here, so each connection gets a
 * connector of its own; connections are pooled, so this is rare.
 */
function guardedConnector(guard: Guard, resolve: Resolve, timeout: number, ca: string | undefined): buildConnector.connector {
  const authorities = ca === undefined ? undefined : [...getCACertificates('default'), ca]
  return (target, callback) => {
    const addresses = async (hostname: string): Promise<LookupAddress[]> => {
      const found = await resolve(hostname)
      if (found.length === 0) throw new Error(`no address for ${hostname}`)
      for (const { address } of found) guard.check(target.hostname, portOf(target.port, target.protocol), address)
      return [...found]
    }
    // autoSelectFamily: Node then asks for all addresses at once, in the form that callbackify gives.
    const lookup = callbackify(addresses)
    const options = { lookup: (hostname: string, _: unknown, done: Parameters<typeof lookup>[1]) => lookup(hostname, done) }
    const connect = buildConnector({ ...options, autoSelectFamily: true, timeout, ca: authorities } as buildConnector.BuildOptions)
    connect(target, callback)
  }
}

const portOf = (port: string, protocol: string): number => Number(port) || (protocol === 'https:' ? 443 : 80)

/** undici never looks up an address that is written as numbers, so it is checked here. */
function checkLiteral(guard: Guard, url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) guard.check(host, portOf(url.port, url.protocol), host)
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InputError('not an http or https URL', { field: 'url', remedy: 'Write it in full, such as https://host.example/path.' })
  }
  if (url.username || url.password) {
    throw new InputError(`the URL of ${url.host} carries credentials`, {
      field: 'url',
      remedy: 'Send them in an Authorization header from a Secret.',
    })
  }
  return url
}

function redirectTarget(location: string, from: URL, method: string, hop: number): URL {
  const next = URL.parse(location, from.href)
  if (method !== 'GET' && method !== 'HEAD') {
    throw new TerminalError(
      `${from.host} answered ${method} with a redirect to ${next?.host ?? 'an invalid address'}; write the final address`,
    )
  }
  if (next === null || !/^https?:$/.test(next.protocol) || next.username || next.password)
    throw new TerminalError(`${from.host} redirects to an address that is no plain http or https URL`)
  if (from.protocol === 'https:' && next.protocol === 'http:')
    throw new TerminalError(`${from.host} redirects from https to http (${next.host})`)
  if (hop >= MAX_REDIRECTS) throw new TerminalError(`${from.host} redirects more than ${MAX_REDIRECTS} times`)
  return next
}

async function readResponse(response: Response, url: URL, limits: { max: number; truncate: boolean; now: Date }): Promise<HttpResponse> {
  const chunks: Uint8Array[] = []
  let size = 0
  let truncated = false
  for await (const chunk of response.body ?? []) {
    const room = limits.max - size
    chunks.push((chunk as Uint8Array).subarray(0, room))
    size += (chunk as Uint8Array).length
    if (size > limits.max) {
      truncated = true
      break // leaving the loop cancels the rest
    }
  }
  if (truncated && !limits.truncate) throw new TerminalError(`${url.host} answered more than ${limits.max} bytes`)
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: new TextDecoder().decode(Buffer.concat(chunks)),
    truncated,
    url: url.href,
    retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), limits.now),
  }
}

const TLS_CODES = /^(?:ERR_TLS_|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|ERR_SSL_)/

/** What fetch threw: the cause has the truth. A certificate does not get better by asking again; everything else may. */
function transportError(error: unknown, url: URL): Error {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof TerminalError || cause instanceof InputError) return cause
    const code = 'code' in cause ? String(cause.code) : ''
    if (TLS_CODES.test(code))
      return new TerminalError(`${url.host}: ${cause.message} (${code}); if its certificate is from a private authority, configure that CA`)
    const inner = cause instanceof AggregateError ? cause.errors.map((e: Error) => e.message).join('; ') : cause.message
    if (cause.cause === undefined) return new RetryableError(`cannot reach ${url.host}: ${inner}`, { cause: error })
  }
  return new RetryableError(`cannot reach ${url.host}: ${String(error)}`)
}
