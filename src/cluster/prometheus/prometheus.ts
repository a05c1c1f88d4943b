import { errorText, InputError, RetryableError, TerminalError } from '#kit/errors'
import type { HttpClient } from '#kit/http'
import { readAnswer, type Answer } from './answer.ts'

export interface PrometheusOptions {
  /** Of Prometheus or what speaks its HTTP API (Thanos, Mimir, VictoriaMetrics), with a path if it has one: `http://prometheus.monitoring:9090`. */
  url: string
  /** Asked for before each query: a token in a file is renewed by whoever issues it. */
  auth?: (() => PrometheusAuth) | undefined
  /** Of the profile `configured`. */
  http: HttpClient
}

export type PrometheusAuth = { bearer: string } | { username: string; password: string }

/** What is asked: one moment, or points of a range. Times in milliseconds since 1970, `step` in seconds. */
export type Moment = { kind: 'instant'; at: number } | { kind: 'range'; start: number; end: number; step: number }

/** Prometheus' HTTP API, as far as we need it. */
export interface Prometheus {
  /** The series, or in words why there are none. Only an abort of `signal` is thrown. */
  ask(query: string, moment: Moment, options: { timeoutMs: number; signal?: AbortSignal | undefined }): Promise<Answer>
}

/** Series that Prometheus (since 3.0) gives at most; an older one is bounded by the size of its answer. */
const SERIES_LIMIT = 500

export function createPrometheus({ url, auth, http }: PrometheusOptions): Prometheus {
  const base = `${url.replace(/\/+$/, '')}/api/v1`
  return {
    async ask(query, moment, { timeoutMs, signal }) {
      const path = moment.kind === 'instant' ? 'query' : 'query_range'
      // `limit` and `timeout` bound the server's own work.
      const params = { query, ...timesOf(moment), limit: String(SERIES_LIMIT), timeout: `${Math.ceil(timeoutMs / 1_000)}s` }
      const headers = { accept: 'application/json', ...authorization(auth?.()) }
      const request = { url: `${base}/${path}?${new URLSearchParams(params)}`, headers, timeoutMs, ...(signal ? { signal } : {}) }
      try {
        const { status, text } = await http.request(request)
        return readAnswer(status, text)
      } catch (error) {
        const fault = faultOf(error)
        if (fault === null) throw error
        return { fault }
      }
    },
  }
}

const timesOf = (moment: Moment): Record<string, string> =>
  moment.kind === 'instant'
    ? { time: String(moment.at / 1_000) }
    : { start: String(moment.start / 1_000), end: String(moment.end / 1_000), step: String(moment.step) }

function authorization(auth: PrometheusAuth | undefined): Record<string, string> {
  if (auth === undefined) return {}
  if ('bearer' in auth) return { authorization: `Bearer ${auth.bearer}` }
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` }
}

function faultOf(error: unknown): string | null {
  if (error instanceof RetryableError) return `${errorText(error)}. Ask for less (a shorter range, fewer series), or go on without it.`
  if (!(error instanceof TerminalError || error instanceof InputError)) return null
  return /more than \d+ bytes/.test(error.message)
    ? 'The answer is too large: aggregate (sum by, topk) or filter by labels.'
    : errorText(error)
}
